import com.amazonaws.services.schemaregistry.common.configs.GlueSchemaRegistryConfiguration;
import com.amazonaws.services.schemaregistry.deserializers.GlueSchemaRegistryDeserializerDataParser;
import com.amazonaws.services.schemaregistry.serializers.SerializationDataEncoder;
import com.amazonaws.services.schemaregistry.utils.AWSSchemaRegistryConstants;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import java.util.Scanner;
import java.util.UUID;

/**
 * The frames of the AWS Glue Schema Registry by its own library. Each line of the standard input is a request, and gets a
 * line: "frame NONE|ZLIB UUID HEX" the frame, "read HEX" the UUID, the compression and the payload, or "not compatible".
 */
public final class GlueFrames {
  public static void main(String[] arguments) {
    Scanner lines = new Scanner(System.in);
    while (lines.hasNextLine()) {
      String[] words = (lines.nextLine() + " ").split(" ", -1);
      System.out.println(words[0].equals("frame") ? frame(words[1], words[2], words[3]) : read(words[1]));
    }
  }

  private static String frame(String compression, String id, String data) {
    GlueSchemaRegistryConfiguration configuration = new GlueSchemaRegistryConfiguration(
        Map.of(AWSSchemaRegistryConstants.AWS_REGION, "eu-west-1", AWSSchemaRegistryConstants.COMPRESSION_TYPE, compression));
    byte[] frame = new SerializationDataEncoder(configuration).write(HexFormat.of().parseHex(data), UUID.fromString(id));
    return HexFormat.of().formatHex(frame);
  }

  private static String read(String hex) {
    GlueSchemaRegistryDeserializerDataParser parser = GlueSchemaRegistryDeserializerDataParser.getInstance();
    byte[] bytes = HexFormat.of().parseHex(hex);
    if (!parser.isDataCompatible(ByteBuffer.wrap(bytes), new StringBuilder())) return "not compatible";
    try {
      String compression = parser.isCompressionEnabled(ByteBuffer.wrap(bytes)) ? "zlib" : "none";
      byte[] data = parser.getPlainData(ByteBuffer.wrap(bytes));
      return parser.getSchemaVersionId(ByteBuffer.wrap(bytes)) + " " + compression + " " + HexFormat.of().formatHex(data);
    } catch (Exception | LinkageError error) {
      // The library throws by Lombok, which is not on its class path.
      return "unreadable";
    }
  }
}

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.SinkFunction;
import org.apache.flink.streaming.connectors.kinesis.FlinkKinesisConsumer;
import org.apache.flink.streaming.connectors.kinesis.serialization.KinesisDeserializationSchema;

/**
 * A job in a Flink cluster of this process. It writes a JSON line when it begins to read, for each user record, and
 * one more for each event of a level from a given one on. The end of its input ends it. Arguments: endpoint of Kinesis, stream, "polling" or "fan-out",
 * the lowest level.
 */
final class FlinkJob {
    private static final ObjectMapper JSON = new ObjectMapper();

    private FlinkJob() {}

    public static void main(String[] args) throws Exception {
        Configuration cluster = new Configuration();
        cluster.setString("rest.bind-port", "0");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(2, cluster);
        environment.enableCheckpointing(1000);
        int lowestLevel = Integer.parseInt(args[3]);
        DataStream<String> records = environment.addSource(
                new FlinkKinesisConsumer<>(args[1], new Lines(), settings(args[0], args[2].equals("fan-out"))));
        records.addSink(new Output());
        records.filter(line -> levelOf(line) >= lowestLevel)
                .map(line -> JSON.writeValueAsString(
                        Map.of("kept", JSON.readTree(line).get("data").asText())))
                .addSink(new Output());
        JobClient job = environment.executeAsync("levels");
        while (System.in.read() != -1) {}
        job.cancel().get();
        System.exit(0);
    }

    private static Properties settings(String endpoint, boolean isFanOut) {
        Properties settings = new Properties();
        settings.setProperty("aws.endpoint", endpoint);
        settings.setProperty("aws.region", "us-east-1");
        settings.setProperty("aws.credentials.provider", "BASIC");
        settings.setProperty("aws.credentials.provider.basic.accesskeyid", "local");
        settings.setProperty("aws.credentials.provider.basic.secretkey", "local");
        settings.setProperty("flink.stream.initpos", "TRIM_HORIZON");
        settings.setProperty("flink.shard.discovery.intervalmillis", "1000");
        settings.setProperty("flink.shard.getrecords.intervalmillis", "250");
        if (isFanOut) {
            settings.setProperty("flink.stream.recordpublisher", "EFO");
            settings.setProperty("flink.stream.efo.consumername", "levels");
        }
        return settings;
    }

    private static int levelOf(String line) throws Exception {
        byte[] data = Base64.getDecoder().decode(JSON.readTree(line).get("data").asText());
        return JSON.readTree(data).get("level").asInt();
    }

    private static void print(String line) {
        synchronized (System.out) {
            System.out.println(line);
            System.out.flush();
        }
    }

    private static final class Lines implements KinesisDeserializationSchema<String> {
        @Override
        public void open(DeserializationSchema.InitializationContext context) throws Exception {
            print(JSON.writeValueAsString(Map.of("begins", "the consumer")));
        }

        @Override
        public String deserialize(
                byte[] data, String partitionKey, String sequenceNumber, long arrival, String stream, String shard)
                throws java.io.IOException {
            return JSON.writeValueAsString(Map.of(
                    "partitionKey", partitionKey,
                    "data", Base64.getEncoder().encodeToString(data),
                    // Flink gives no sub-sequence number: the data tells the records of an aggregate apart.
                    "place", shard + " " + sequenceNumber));
        }

        @Override
        public TypeInformation<String> getProducedType() {
            return Types.STRING;
        }
    }

    private static final class Output implements SinkFunction<String> {
        @Override
        public void invoke(String line, Context context) {
            print(line);
        }
    }
}

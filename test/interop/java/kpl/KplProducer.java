import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.util.concurrent.ListenableFuture;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;

/**
 * Puts the user records of its input (JSON lines) by the KPL. Writes a JSON line for each, in order: where it is.
 * Arguments: port, stream, temporary folder.
 */
final class KplProducer {
    private static final ObjectMapper JSON = new ObjectMapper();

    private KplProducer() {}

    public static void main(String[] args) throws Exception {
        KinesisProducerConfiguration configuration = new KinesisProducerConfiguration()
                .setKinesisEndpoint("127.0.0.1")
                .setKinesisPort(Integer.parseInt(args[0]))
                .setCloudwatchEndpoint("127.0.0.1")
                .setCloudwatchPort(Integer.parseInt(args[0]))
                .setVerifyCertificate(false)
                .setRegion("us-east-1")
                .setCredentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
                .setMetricsLevel("none")
                .setLogLevel("error")
                .setTempDirectory(args[2]);
        KinesisProducer producer = new KinesisProducer(configuration);
        try {
            put(producer, args[1]);
        } finally {
            producer.destroy();
        }
        System.out.flush();
        System.exit(0);
    }

    private static void put(KinesisProducer producer, String stream) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<ListenableFuture<UserRecordResult>> results = new ArrayList<>();
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            JsonNode record = JSON.readTree(line);
            String explicitHashKey = record.hasNonNull("explicitHashKey") ? record.get("explicitHashKey").asText() : null;
            ByteBuffer data = ByteBuffer.wrap(record.get("data").binaryValue());
            results.add(producer.addUserRecord(stream, record.get("partitionKey").asText(), explicitHashKey, data));
            // Before it has a shard map the KPL sends every record by itself.
            if (results.size() == 1) {
                producer.flush();
                results.get(0).get(30, TimeUnit.SECONDS);
                Thread.sleep(1_000);
            }
        }
        producer.flush();
        for (ListenableFuture<UserRecordResult> future : results) {
            UserRecordResult result = future.get(30, TimeUnit.SECONDS);
            Map<String, Object> line = Map.of(
                    "shardId", result.getShardId(),
                    "sequenceNumber", result.getSequenceNumber(),
                    "attempts", result.getAttempts().size());
            System.out.println(JSON.writeValueAsString(line));
        }
    }
}

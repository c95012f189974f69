import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.PutRecordResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardFilterType;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;

/** Create, put, list and get by the AWS SDK for Java v2. Argument: the endpoint. Writes one JSON object of what it saw. */
final class SdkTutorial {
    private static final String STREAM = "Foo";

    private SdkTutorial() {}

    public static void main(String[] args) throws Exception {
        try (KinesisClient client = KinesisClient.builder()
                .endpointOverride(URI.create(args[0]))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
                .overrideConfiguration(it -> it.apiCallTimeout(Duration.ofSeconds(20)))
                .build()) {
            System.out.println(new ObjectMapper().writeValueAsString(tutorial(client)));
        }
    }

    private static Map<String, Object> tutorial(KinesisClient client) {
        Map<String, Object> seen = new LinkedHashMap<>();
        client.createStream(it -> it.streamName(STREAM).shardCount(2));
        client.waiter().waitUntilStreamExists(it -> it.streamName(STREAM));
        StreamDescriptionSummary summary =
                client.describeStreamSummary(it -> it.streamName(STREAM)).streamDescriptionSummary();
        long age = System.currentTimeMillis() - summary.streamCreationTimestamp().toEpochMilli();
        seen.put("summary", List.of(summary.streamStatusAsString(), summary.openShardCount(), age >= 0 && age < 120_000));

        PutRecordResponse one = client.putRecord(
                it -> it.streamName(STREAM).partitionKey("a").explicitHashKey("0").data(SdkBytes.fromUtf8String("one")));
        byte[] binary = new byte[256];
        for (int i = 0; i < binary.length; i++) {
            binary[i] = (byte) i;
        }
        PutRecordsResponse put = client.putRecords(
                it -> it.streamName(STREAM).records(entry(SdkBytes.fromByteArray(binary)), entry(SdkBytes.fromUtf8String(""))));
        List<String> shards = new ArrayList<>(List.of(one.shardId()));
        put.records().forEach(record -> shards.add(record.shardId()));
        seen.put("put", shards);
        seen.put("failed", put.failedRecordCount());

        List<Shard> listed =
                client.listShards(it -> it.streamName(STREAM).shardFilter(f -> f.type(ShardFilterType.AT_LATEST))).shards();
        seen.put("ranges", listed.stream().map(shard -> shard.hashKeyRange().startingHashKey()).toList());
        seen.put("read", read(client, one.shardId(), binary));
        seen.put("sinceCreation", countSince(client, one.shardId(), summary.streamCreationTimestamp()));
        seen.put("streams", client.listStreamsPaginator().stream().flatMap(page -> page.streamNames().stream()).toList());
        seen.put("refusal", refusal(client));
        client.deleteStream(it -> it.streamName(STREAM));
        return seen;
    }

    private static PutRecordsRequestEntry entry(SdkBytes data) {
        return PutRecordsRequestEntry.builder().partitionKey("四").explicitHashKey("1").data(data).build();
    }

    private static List<String> read(KinesisClient client, String shardId, byte[] binary) {
        String iterator = client.getShardIterator(it ->
                        it.streamName(STREAM).shardId(shardId).shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                .shardIterator();
        List<String> told = new ArrayList<>();
        while (true) {
            String position = iterator;
            GetRecordsResponse answer = client.getRecords(it -> it.shardIterator(position).limit(2));
            for (Record record : answer.records()) {
                boolean isBinary = Arrays.equals(record.data().asByteArray(), binary);
                boolean isNew = System.currentTimeMillis() - record.approximateArrivalTimestamp().toEpochMilli() < 120_000;
                told.add(record.partitionKey() + " " + (isBinary ? "binary" : record.data().asUtf8String()) + " " + isNew);
            }
            iterator = answer.nextShardIterator();
            if (iterator == null || answer.records().isEmpty()) {
                return told;
            }
        }
    }

    private static int countSince(KinesisClient client, String shardId, Instant time) {
        String iterator = client.getShardIterator(it -> it.streamName(STREAM)
                        .shardId(shardId)
                        .shardIteratorType(ShardIteratorType.AT_TIMESTAMP)
                        .timestamp(time))
                .shardIterator();
        return client.getRecords(it -> it.shardIterator(iterator)).records().size();
    }

    private static String refusal(KinesisClient client) {
        try {
            client.putRecord(it -> it.streamName("Bar").partitionKey("a").data(SdkBytes.fromUtf8String("")));
            return "none";
        } catch (KinesisException error) {
            return error.getClass().getSimpleName() + " " + error.statusCode();
        }
    }
}

import java.net.URI;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.util.Collector;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.kinesis.common.KinesisClientUtil;

/**
 * Gives each Kinesis record of a stream to the schema of examples/flink, as Flink's source does, and writes a line for each
 * value that comes out. Arguments: endpoint of Kinesis, ARN of the stream.
 */
final class FlinkSourceRecords {
    private FlinkSourceRecords() {}

    public static void main(String[] args) throws Exception {
        String arn = args[1];
        KinesisAsyncClient kinesis = KinesisClientUtil.createKinesisAsyncClient(KinesisAsyncClient.builder()
                .endpointOverride(URI.create(args[0]))
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"))));
        UserRecordSchema<String> schema = new UserRecordSchema<>(new SimpleStringSchema());
        Collector<String> lines = new Collector<>() {
            @Override
            public void collect(String line) {
                System.out.println(line);
            }

            @Override
            public void close() {}
        };
        for (Shard shard : kinesis.listShards(r -> r.streamARN(arn)).get().shards()) {
            String iterator = kinesis.getShardIterator(r -> r.streamARN(arn)
                            .shardId(shard.shardId())
                            .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                    .get()
                    .shardIterator();
            boolean isAtEnd = false;
            while (iterator != null && !isAtEnd) {
                String position = iterator;
                GetRecordsResponse answer = kinesis.getRecords(r -> r.streamARN(arn).shardIterator(position)).get();
                for (Record record : answer.records()) schema.deserialize(record, arn, shard.shardId(), lines);
                iterator = answer.nextShardIterator();
                isAtEnd = answer.records().isEmpty() && answer.millisBehindLatest() == 0;
            }
        }
        System.exit(0);
    }
}

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.KinesisClientUtil;
import software.amazon.kinesis.coordinator.CoordinatorConfig.ClientVersionConfig;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.fanout.FanOutConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * A whole application of the KCL: a worker with leases. It writes a JSON line for each user record, and for each shard
 * that it begins or ends. The end of its input ends it. Arguments: endpoint of Kinesis, endpoint of DynamoDB, stream, name
 * of the worker, "polling" or "fan-out".
 */
final class KclApplication {
    private static final String NAME = "interop";
    private static final ObjectMapper JSON = new ObjectMapper();

    private KclApplication() {}

    public static void main(String[] args) throws Exception {
        Scheduler scheduler = scheduler(args[0], args[1], args[2], args[3], args[4].equals("fan-out"));
        new Thread(scheduler).start();
        while (System.in.read() != -1) {}
        try {
            boolean isGraceful = scheduler.startGracefulShutdown().get(30, TimeUnit.SECONDS);
            System.exit(isGraceful ? 0 : 1);
        } catch (Exception cause) {
            cause.printStackTrace();
            // Also if the test was killed: threads of the KCL would keep this process.
            System.exit(1);
        }
    }

    private static Scheduler scheduler(
            String kinesisEndpoint, String dynamoEndpoint, String stream, String worker, boolean isFanOut) {
        StaticCredentialsProvider credentials =
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));
        KinesisAsyncClientBuilder builder = KinesisAsyncClient.builder()
                .endpointOverride(URI.create(kinesisEndpoint))
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials);
        KinesisAsyncClient kinesis = KinesisClientUtil.createKinesisAsyncClient(builder);
        DynamoDbAsyncClient dynamo = DynamoDbAsyncClient.builder()
                .endpointOverride(URI.create(dynamoEndpoint))
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials)
                .build();
        // Nothing listens there: the application has no metrics.
        CloudWatchAsyncClient cloudWatch = CloudWatchAsyncClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:9"))
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials)
                .build();
        InitialPositionInStreamExtended start =
                InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
        ConfigsBuilder configs = new ConfigsBuilder(
                new SingleStreamTracker(stream, start), NAME, kinesis, dynamo, cloudWatch, worker, Processor::new);
        return new Scheduler(
                configs.checkpointConfig(),
                configs.coordinatorConfig()
                        .parentShardPollIntervalMillis(500L)
                        .clientVersionConfig(ClientVersionConfig.CLIENT_VERSION_CONFIG_3X),
                leases(configs, start),
                configs.lifecycleConfig().aggregatorUtil(new OpeningAggregatorUtil(reason -> {
                    reason.printStackTrace();
                    Runtime.getRuntime().halt(1);
                })),
                configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
                configs.processorConfig(),
                configs.retrievalConfig()
                        .retrievalSpecificConfig(
                                isFanOut
                                        ? new FanOutConfig(kinesis).streamName(stream).applicationName(NAME)
                                        : new PollingConfig(stream, kinesis).idleTimeBetweenReadsInMillis(250L)));
    }

    /** Shorter times than the KCL's own, so that the tests take less of theirs. */
    private static software.amazon.kinesis.leases.LeaseManagementConfig leases(
            ConfigsBuilder configs, InitialPositionInStreamExtended start) {
        var leases = configs.leaseManagementConfig()
                .failoverTimeMillis(2000L)
                .shardSyncIntervalMillis(2000L)
                .leasesRecoveryAuditorExecutionFrequencyMillis(5000L)
                .initialPositionInStream(start);
        leases.workerUtilizationAwareAssignmentConfig().disableWorkerMetrics(true);
        Long cacheSeconds = Long.getLong("listShardsCacheSeconds");
        return cacheSeconds == null ? leases : leases.listShardsCacheAllowedAgeInSeconds(cacheSeconds);
    }

    private static void print(Map<String, Object> line) {
        try {
            String text = JSON.writeValueAsString(line);
            synchronized (System.out) {
                System.out.println(text);
                System.out.flush();
            }
        } catch (Exception cause) {
            throw new IllegalStateException(cause);
        }
    }

    private static final class Processor implements ShardRecordProcessor {
        private String shard;

        @Override
        public void initialize(InitializationInput input) {
            shard = input.shardId();
            print(Map.of("begins", shard));
        }

        @Override
        public void processRecords(ProcessRecordsInput input) {
            for (KinesisClientRecord record : input.records()) {
                byte[] data = new byte[record.data().remaining()];
                record.data().duplicate().get(data);
                print(Map.of(
                        "partitionKey", record.partitionKey(),
                        "data", Base64.getEncoder().encodeToString(data),
                        "place", shard + " " + record.sequenceNumber() + "/" + record.subSequenceNumber()));
            }
            try {
                input.checkpointer().checkpoint();
            } catch (Exception cause) {
                throw new IllegalStateException(cause);
            }
        }

        @Override
        public void leaseLost(LeaseLostInput input) {}

        @Override
        public void shardEnded(ShardEndedInput input) {
            print(Map.of("ends", shard));
            try {
                input.checkpointer().checkpoint();
            } catch (Exception cause) {
                throw new IllegalStateException(cause);
            }
        }

        @Override
        public void shutdownRequested(ShutdownRequestedInput input) {}
    }
}

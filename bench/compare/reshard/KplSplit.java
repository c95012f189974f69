import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;

/**
 * Puts numbered user records by the KPL at a steady rate. Writes `begin`, then the number of each record that was acknowledged,
 * and at the end `failed N`. Arguments: port, stream, temporary folder, records a second, seconds, keys separated by commas.
 */
final class KplSplit {
    private static final Queue<Long> ACKNOWLEDGED = new ConcurrentLinkedQueue<>();
    private static final AtomicLong FAILED = new AtomicLong();

    private KplSplit() {}

    public static void main(String[] args) throws Exception {
        KinesisProducer producer = new KinesisProducer(configuration(args));
        // Before it has a shard map the KPL sends every record by itself.
        producer.addUserRecord(args[1], "first", bytes("first")).get(30, TimeUnit.SECONDS);
        Thread.sleep(1_000);
        System.out.println("begin");
        System.out.flush();
        drive(producer, args[1], Long.parseLong(args[3]), Long.parseLong(args[4]), args[5].split(","));
        producer.flushSync();
        producer.destroy();
        StringBuilder lines = new StringBuilder();
        for (long number : ACKNOWLEDGED) lines.append(number).append('\n');
        System.out.print(lines);
        System.out.println("failed " + FAILED.get());
        System.out.flush();
        System.exit(0);
    }

    private static KinesisProducerConfiguration configuration(String[] args) {
        return new KinesisProducerConfiguration()
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
    }

    private static void drive(KinesisProducer producer, String stream, long perSecond, long seconds, String[] keys) {
        long startedAt = System.nanoTime();
        long count = perSecond * seconds;
        for (long number = 0; number < count; number++) {
            long dueAt = startedAt + number * 1_000_000_000L / perSecond;
            while (System.nanoTime() < dueAt) Thread.onSpinWait();
            String key = keys[(int) (number % keys.length)];
            Futures.addCallback(
                    producer.addUserRecord(stream, key, bytes(number + ":" + "x".repeat(80))),
                    noting(number),
                    MoreExecutors.directExecutor());
        }
    }

    private static FutureCallback<UserRecordResult> noting(long number) {
        return new FutureCallback<>() {
            @Override
            public void onSuccess(UserRecordResult result) {
                ACKNOWLEDGED.add(number);
            }

            @Override
            public void onFailure(Throwable error) {
                FAILED.incrementAndGet();
            }
        };
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}

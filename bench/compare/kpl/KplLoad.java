import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;

/**
 * Puts user records by the KPL as fast as they are taken, with a callback for each, and says when the measured time begins
 * and ends. Arguments: port, stream, temporary folder, tuned or defaults, bytes of a record, most records outstanding, seconds
 * of warm-up, seconds, count. With a count above 0 it puts this many numbered records, and only tells how it ended.
 */
final class KplLoad {
    private static final int KEYS = 1_000;
    private static final int DATA = 997;

    private static final AtomicLong DELIVERED = new AtomicLong();
    private static final AtomicLong FAILED = new AtomicLong();
    private static volatile boolean isWanted = true;
    private static long handedOver;
    private static long count;

    private KplLoad() {}

    public static void main(String[] args) throws Exception {
        KinesisProducer producer = new KinesisProducer(configuration(args));
        count = args.length > 8 ? Long.parseLong(args[8]) : 0;
        // Before it has a shard map the KPL sends every record by itself.
        producer.addUserRecord(args[1], "first", ByteBuffer.wrap(new byte[] {1})).get(30, TimeUnit.SECONDS);
        Thread.sleep(1_000);
        Thread driver = new Thread(() -> drive(producer, args[1], Integer.parseInt(args[4]), Integer.parseInt(args[5])));
        driver.start();
        if (count == 0) {
            Thread.sleep(millis(args[6]));
            tell("begin", DELIVERED.get(), System.nanoTime());
            Thread.sleep(millis(args[7]));
            tell("end", DELIVERED.get(), System.nanoTime());
            isWanted = false;
        }
        driver.join();
        producer.flushSync();
        tell("closed", handedOver, DELIVERED.get(), FAILED.get());
        producer.destroy();
        System.exit(0);
    }

    private static KinesisProducerConfiguration configuration(String[] args) {
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
                // Its pace per shard never binds, as ours does not.
                .setRateLimit(Long.MAX_VALUE)
                .setTempDirectory(args[2]);
        if (args[3].equals("tuned")) configuration.setEnableOldestFutureTracker(false);
        return configuration;
    }

    private static long millis(String seconds) {
        return Math.round(Double.parseDouble(seconds) * 1_000);
    }

    private static void tell(String moment, long... numbers) {
        StringBuilder line = new StringBuilder(moment);
        for (long number : numbers) line.append(' ').append(number);
        System.out.println(line);
        System.out.flush();
    }

    private static void drive(KinesisProducer producer, String stream, int size, int outstanding) {
        String[] keys = keys();
        byte[][] data = data(size);
        Semaphore room = new Semaphore(outstanding);
        FutureCallback<UserRecordResult> callback = new FutureCallback<>() {
            @Override
            public void onSuccess(UserRecordResult result) {
                DELIVERED.incrementAndGet();
                room.release();
            }

            @Override
            public void onFailure(Throwable error) {
                FAILED.incrementAndGet();
                room.release();
            }
        };
        for (int i = 0; isWanted && (count == 0 || i < count); i++) {
            room.acquireUninterruptibly();
            byte[] each = data[Math.floorMod(i, DATA)];
            ByteBuffer bytes = ByteBuffer.wrap(count == 0 ? each : numbered(each, i));
            Futures.addCallback(
                    producer.addUserRecord(stream, keys[Math.floorMod(i, KEYS)], bytes),
                    callback,
                    MoreExecutors.directExecutor());
            handedOver++;
        }
    }

    private static byte[] numbered(byte[] data, int number) {
        byte[] own = data.clone();
        System.arraycopy(String.format("%012d", number).getBytes(StandardCharsets.US_ASCII), 0, own, 0, 12);
        return own;
    }

    /** The same keys as those of the other benches. */
    private static String[] keys() {
        String[] keys = new String[KEYS];
        for (int i = 0; i < KEYS; i++) {
            byte[] hash = sha256(Integer.toString(i));
            keys[i] = String.format("%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3]);
        }
        return keys;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (java.security.NoSuchAlgorithmException error) {
            throw new IllegalStateException(error);
        }
    }

    private static byte[][] data(int size) {
        Random random = new Random(1);
        byte[][] data = new byte[DATA][size];
        for (byte[] each : data) random.nextBytes(each);
        return data;
    }
}

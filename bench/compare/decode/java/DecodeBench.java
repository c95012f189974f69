import java.io.DataInputStream;
import java.io.EOFException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * The KCL's deaggregator over the same input: {@code DecodeBench <input file> <CPU seconds to warm up> <seconds>}.
 * Prints a line of JSON, as measure.mjs does.
 */
final class DecodeBench {
    private static final AggregatorUtil UTIL = new AggregatorUtil();

    private final List<ByteBuffer> aggregates;
    private long records;
    private int sum;

    private DecodeBench(List<ByteBuffer> aggregates) {
        this.aggregates = aggregates;
    }

    public static void main(String[] args) throws Exception {
        DecodeBench bench = new DecodeBench(readInput(Path.of(args[0])));
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        // By CPU time: on a busy machine code would otherwise be measured before it is optimized.
        while (system.getProcessCpuTime() < Double.parseDouble(args[1]) * 1e9) {
            bench.pass();
        }
        System.gc();
        bench.records = 0;
        long cpuBefore = system.getProcessCpuTime();
        long wallNs = bench.run(Double.parseDouble(args[2]));
        long cpuNs = system.getProcessCpuTime() - cpuBefore;
        System.out.printf(
                Locale.ROOT,
                "{\"records\":%d,\"checksum\":%d,\"wallNs\":%.3f,\"cpuNs\":%.3f}%n",
                bench.records,
                bench.sum,
                (double) wallNs / bench.records,
                (double) cpuNs / bench.records);
    }

    private long run(double seconds) {
        long startedAt = System.nanoTime();
        long now = startedAt;
        while (now - startedAt < seconds * 1e9) {
            pass();
            now = System.nanoTime();
        }
        return now - startedAt;
    }

    private void pass() {
        int sum = 0;
        for (ByteBuffer bytes : aggregates) {
            KinesisClientRecord record = KinesisClientRecord.builder()
                    .partitionKey("a")
                    .sequenceNumber("1")
                    .data(bytes.duplicate())
                    .build();
            for (KinesisClientRecord user : UTIL.deaggregate(List.of(record))) {
                sum = add(sum, user.partitionKey(), user.data());
                records++;
            }
        }
        this.sum = sum;
    }

    /** As checksum.mjs. */
    private static int add(int sum, String key, ByteBuffer data) {
        int first = data.position();
        int length = data.remaining();
        int ofKey = key.length() + key.charAt(0) + key.charAt(key.length() - 1);
        int ofData = length + (data.get(first) & 0xff) + (data.get(first + length - 1) & 0xff);
        return 31 * sum + ofKey + ofData;
    }

    private static List<ByteBuffer> readInput(Path file) throws Exception {
        List<ByteBuffer> aggregates = new ArrayList<>();
        try (DataInputStream input = new DataInputStream(Files.newInputStream(file))) {
            for (;;) {
                byte[] bytes = new byte[Integer.reverseBytes(input.readInt())];
                input.readFully(bytes);
                aggregates.add(ByteBuffer.wrap(bytes));
            }
        } catch (EOFException end) {
            return aggregates;
        }
    }
}

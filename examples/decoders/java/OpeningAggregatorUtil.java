import com.google.protobuf.InvalidProtocolBufferException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.kpl.Messages.AggregatedRecord;

/**
 * The KCL's deaggregator, which also opens compressed aggregates. For an application of the KCL:
 *
 * <pre>{@code
 * configsBuilder.lifecycleConfig().aggregatorUtil(new OpeningAggregatorUtil(unreadable -> {
 *     unreadable.printStackTrace();
 *     Runtime.getRuntime().halt(1);
 * }));
 * }</pre>
 *
 * The KCL logs an exception of its deaggregator, and then continues behind the whole batch. An application that may lose
 * no record must end its process instead.
 */
public class OpeningAggregatorUtil extends AggregatorUtil {
    private static final int DIGEST_BYTES = 16;
    private static final int MAX_BYTES = 64 * 1024 * 1024;
    private final Consumer<CompressedAggregates.Unreadable> onUnreadable;

    /** @param onUnreadable gets the reason when a record cannot be opened; if it returns, the record stays closed */
    public OpeningAggregatorUtil(Consumer<CompressedAggregates.Unreadable> onUnreadable) {
        this.onUnreadable = onUnreadable;
    }

    /** Replaces each compressed aggregate by the aggregate inside. The KCL then does all as usual, with its filter. */
    @Override
    public List<KinesisClientRecord> deaggregate(
            List<KinesisClientRecord> records, BigInteger startingHashKey, BigInteger endingHashKey) {
        List<KinesisClientRecord> opened = new ArrayList<>();
        for (KinesisClientRecord record : records) {
            opened.add(opened(record));
        }
        return super.deaggregate(opened, startingHashKey, endingHashKey);
    }

    private KinesisClientRecord opened(KinesisClientRecord record) {
        try {
            AggregatedRecord outer = aggregateOf(record.data());
            AggregatedRecord inner = outer == null ? null : CompressedAggregates.open(outer, MAX_BYTES);
            return inner == outer ? record : record.toBuilder().data(dataOf(inner)).build();
        } catch (CompressedAggregates.Unreadable reason) {
            onUnreadable.accept(reason);
            return record;
        }
    }

    /** The message with all tags, which the KCL does not deliver; null for a record that is no aggregate. */
    public AggregatedRecord aggregateOf(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        int magic = AGGREGATED_RECORD_MAGIC.length;
        int end = bytes.length - DIGEST_BYTES;
        if (end <= magic || !Arrays.equals(AGGREGATED_RECORD_MAGIC, Arrays.copyOf(bytes, magic))) return null;
        byte[] message = Arrays.copyOfRange(bytes, magic, end);
        if (!Arrays.equals(calculateTailCheck(message), Arrays.copyOfRange(bytes, end, bytes.length))) return null;
        try {
            return AggregatedRecord.parseFrom(message);
        } catch (InvalidProtocolBufferException notAnAggregate) {
            return null;
        }
    }

    private ByteBuffer dataOf(AggregatedRecord aggregate) {
        byte[] message = aggregate.toByteArray();
        ByteBuffer data = ByteBuffer.allocate(AGGREGATED_RECORD_MAGIC.length + message.length + DIGEST_BYTES);
        data.put(AGGREGATED_RECORD_MAGIC).put(message).put(calculateTailCheck(message)).flip();
        return data;
    }
}

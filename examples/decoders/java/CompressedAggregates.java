import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.util.zip.GZIPInputStream;
import software.amazon.kinesis.retrieval.kpl.Messages.AggregatedRecord;
import software.amazon.kinesis.retrieval.kpl.Messages.Record;
import software.amazon.kinesis.retrieval.kpl.Messages.Tag;

/** Opens compressed aggregates (docs/compression.md). Needs the KCL, which brings zstd-jni. */
public final class CompressedAggregates {
    private CompressedAggregates() {}

    /**
     * The aggregate inside, or the same if it is not compressed.
     *
     * @param maxBytes bound of the opened message
     * @throws Unreadable if it cannot be opened: its records must not be skipped
     */
    public static AggregatedRecord open(AggregatedRecord aggregate, int maxBytes) {
        String form = formOf(aggregate);
        if (form == null) return aggregate;
        String[] parts = form.split(" ");
        long size = Long.parseLong(parts[2]);
        if (size > maxBytes) {
            throw new Unreadable(size + " bytes when it is opened, above maxBytes (" + maxBytes + ")", null);
        }
        byte[] body = aggregate.getRecords(0).getData().toByteArray();
        AggregatedRecord inner;
        try {
            byte[] message = decompressed(parts[0], body, (int) size);
            inner = message.length == size ? AggregatedRecord.parseFrom(message) : null;
        } catch (Unreadable unknownCodec) {
            throw unknownCodec;
        } catch (Exception cause) {
            throw new Unreadable(parts[0] + " cannot decompress it: " + cause.getMessage(), cause);
        }
        if (inner == null || inner.getRecordsCount() != Long.parseLong(parts[1])) {
            throw new Unreadable("its content is not what its tag says", null);
        }
        return inner;
    }

    private static String formOf(AggregatedRecord aggregate) {
        if (aggregate.getRecordsCount() != 1) return null;
        Record only = aggregate.getRecords(0);
        return only.getTagsList().stream()
                .filter(tag -> tag.getKey().equals("~c"))
                .map(Tag::getValue)
                .findFirst()
                .orElse(null);
    }

    /** No codec makes more than one byte above the size: that byte shows that there is more. */
    private static byte[] decompressed(String codec, byte[] body, int size) throws Exception {
        switch (codec) {
            case "gzip":
                return new GZIPInputStream(new ByteArrayInputStream(body)).readNBytes(size + 1);
            case "zstd":
                return Zstd.decompress(body, size);
            default:
                throw new Unreadable("no decoder for the codec \"" + codec + "\"", null);
        }
    }

    /** A compressed aggregate that cannot be opened. */
    public static final class Unreadable extends RuntimeException {
        Unreadable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}

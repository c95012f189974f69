import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.kpl.Messages.AggregatedRecord;
import software.amazon.kinesis.retrieval.kpl.Messages.Tag;

/**
 * What the KCL makes of Kinesis records. Each line of the input is a record with, or without, the range of its shard;
 * each line of the output is the list of the user records that came out of it, or the class of what was thrown. With the
 * argument "open", compressed aggregates are opened as in examples/decoders/java, records have their tags, and the text of
 * what was thrown comes out instead of its class.
 */
final class KclReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private KclReader() {}

    private static boolean isOpening;
    private static AggregatorUtil util = new AggregatorUtil();
    private static final OpeningAggregatorUtil OPENING =
            new OpeningAggregatorUtil(reason -> {
                throw reason;
            });

    public static void main(String[] args) throws Exception {
        isOpening = args.length > 0 && args[0].equals("open");
        if (isOpening) {
            util = OPENING;
        }
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        BufferedWriter output = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            output.write(JSON.writeValueAsString(answer(JSON.readTree(line))));
            output.write('\n');
        }
        output.flush();
    }

    private static Object answer(JsonNode line) throws Exception {
        KinesisClientRecord record = KinesisClientRecord.builder()
                .partitionKey(line.get("partitionKey").asText())
                .sequenceNumber(line.get("sequenceNumber").asText())
                .data(ByteBuffer.wrap(line.get("data").binaryValue()))
                .build();
        try {
            List<KinesisClientRecord> records = deaggregate(List.of(record), line.get("shardRange"));
            return describe(records, isOpening ? tagsOf(record.data()) : null);
        } catch (Throwable thrown) {
            return isOpening ? thrown.getMessage() : thrown.getClass().getName();
        }
    }

    private static List<KinesisClientRecord> deaggregate(List<KinesisClientRecord> records, JsonNode range) {
        if (range == null) {
            return util.deaggregate(records);
        }
        return util.deaggregate(
                records, range.get("startingHashKey").asText(), range.get("endingHashKey").asText());
    }

    /** The KCL does not deliver tags. They are in the message, in the order of the records. */
    private static List<Map<String, String>> tagsOf(ByteBuffer data) {
        data.rewind();
        AggregatedRecord outer = OPENING.aggregateOf(data);
        if (outer == null) {
            return List.of(Map.of());
        }
        return CompressedAggregates.open(outer, Integer.MAX_VALUE).getRecordsList().stream()
                .map(each -> each.getTagsList().stream().collect(Collectors.toMap(Tag::getKey, Tag::getValue)))
                .collect(Collectors.toList());
    }

    private static List<Object> describe(List<KinesisClientRecord> records, List<Map<String, String>> tags) {
        List<Object> described = new ArrayList<>();
        for (KinesisClientRecord record : records) {
            byte[] data = new byte[record.data().remaining()];
            record.data().duplicate().get(data);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("partitionKey", record.partitionKey());
            if (record.explicitHashKey() != null) {
                fields.put("explicitHashKey", record.explicitHashKey());
            }
            fields.put("data", Base64.getEncoder().encodeToString(data));
            fields.put("sequenceNumber", record.sequenceNumber());
            fields.put("subSequenceNumber", record.subSequenceNumber());
            fields.put("aggregated", record.aggregated());
            if (tags != null) {
                fields.put("tags", tags.get((int) record.subSequenceNumber()));
            }
            described.add(fields);
        }
        return described;
    }
}

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
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * What the KCL makes of Kinesis records. Each line of the input is a record with, or without, the range of its shard;
 * each line of the output is the list of the user records that came out of it, or the class of what was thrown.
 */
final class KclReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private KclReader() {}

    public static void main(String[] args) throws Exception {
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
            return describe(deaggregate(List.of(record), line.get("shardRange")));
        } catch (Throwable thrown) {
            return thrown.getClass().getName();
        }
    }

    private static List<KinesisClientRecord> deaggregate(List<KinesisClientRecord> records, JsonNode range) {
        AggregatorUtil util = new AggregatorUtil();
        if (range == null) {
            return util.deaggregate(records);
        }
        return util.deaggregate(
                records, range.get("startingHashKey").asText(), range.get("endingHashKey").asText());
    }

    private static List<Object> describe(List<KinesisClientRecord> records) {
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
            described.add(fields);
        }
        return described;
    }
}

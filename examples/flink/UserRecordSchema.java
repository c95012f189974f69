import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kinesis.source.serialization.KinesisDeserializationSchema;
import org.apache.flink.util.Collector;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * Gives each user record of an aggregate to a schema of Flink. The KinesisStreamsSource hands over Kinesis records as they are
 * stored, so this schema unpacks them with the KCL (Maven software.amazon.kinesis:amazon-kinesis-client). A record that is
 * not an aggregate is passed on.
 *
 * <p>The schema does not know the shard's range. Right after a reshard it gives out both copies of records that the producer
 * sent again; all of them were acknowledged with `mayBeDuplicate`.
 */
final class UserRecordSchema<T> implements KinesisDeserializationSchema<T> {
    private static final long serialVersionUID = 1;

    private final DeserializationSchema<T> schema;
    private transient AggregatorUtil aggregates;

    UserRecordSchema(DeserializationSchema<T> schema) {
        this.schema = schema;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) throws Exception {
        schema.open(context);
    }

    @Override
    public void deserialize(Record record, String stream, String shardId, Collector<T> output) throws IOException {
        if (aggregates == null) aggregates = new AggregatorUtil();
        for (KinesisClientRecord each : aggregates.deaggregate(List.of(KinesisClientRecord.fromRecord(record)))) {
            byte[] data = new byte[each.data().remaining()];
            each.data().duplicate().get(data);
            schema.deserialize(data, output);
        }
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return schema.getProducedType();
    }
}

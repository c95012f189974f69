package org.apache.flink.connector.kinesis.source.serialization;

import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.util.Collector;
import software.amazon.awssdk.services.kinesis.model.Record;

/** The methods of the interface of this name in flink-connector-aws-kinesis-streams 5 and 6, which Maven may not have. */
public interface KinesisDeserializationSchema<T> extends Serializable, ResultTypeQueryable<T> {
    default void open(DeserializationSchema.InitializationContext context) throws Exception {}

    void deserialize(Record record, String stream, String shardId, Collector<T> output) throws IOException;
}

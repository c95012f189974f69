"""The beginner's tutorial by boto3: one JSON object of everything that was seen."""

import datetime
import json
import sys
import time

from botocore.exceptions import ClientError
from local_client import client, read_shard

STREAM = "Foo"
HALF = 2**127

kinesis = client(sys.argv[1])
seen = {}


def open_starts():
    shards = kinesis.list_shards(StreamName=STREAM, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    shards.sort(key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))
    return shards, [shard["HashKeyRange"]["StartingHashKey"] for shard in shards]


def texts(shard_id, **position):
    records, is_ended = read_shard(kinesis, STREAM, shard_id, **position)
    return {"texts": [record["Data"].decode("utf-8") for record in records], "isEnded": is_ended}


def refusal(operation, **arguments):
    try:
        getattr(kinesis, operation)(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "none"


def wait():
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})


kinesis.create_stream(StreamName=STREAM, ShardCount=2)
wait()
summary = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
age = datetime.datetime.now(datetime.timezone.utc) - summary["StreamCreationTimestamp"]
seen["summary"] = {
    "status": summary["StreamStatus"],
    "mode": summary["StreamModeDetails"]["StreamMode"],
    "openShards": summary["OpenShardCount"],
    "isNew": 0 <= age.total_seconds() < 120,
}
seen["names"] = [name for page in kinesis.get_paginator("list_streams").paginate() for name in page["StreamNames"]]

low = {"StreamName": STREAM, "PartitionKey": "123", "ExplicitHashKey": "0"}
first = kinesis.put_record(**low, Data=b"one")
second = kinesis.put_record(**low, Data=b"two", SequenceNumberForOrdering=first["SequenceNumber"])
time.sleep(0.3)
between = datetime.datetime.now(datetime.timezone.utc)
time.sleep(0.3)
entries = [{"Data": text.encode("utf-8"), "PartitionKey": "key", "ExplicitHashKey": "1"} for text in ["three", "vier 四", ""]]
put = kinesis.put_records(StreamName=STREAM, Records=entries)
seen["put"] = {
    "failed": put["FailedRecordCount"],
    "shards": sorted({entry["ShardId"] for entry in put["Records"]} | {first["ShardId"]}),
    "isOrdered": int(first["SequenceNumber"]) < int(second["SequenceNumber"]),
}

shard = first["ShardId"]
newest = {"StartingSequenceNumber": second["SequenceNumber"]}
seen["reads"] = {
    "TRIM_HORIZON": texts(shard, ShardIteratorType="TRIM_HORIZON"),
    "LATEST": texts(shard, ShardIteratorType="LATEST"),
    "AT_TIMESTAMP": texts(shard, ShardIteratorType="AT_TIMESTAMP", Timestamp=between),
    "AT_SEQUENCE_NUMBER": texts(shard, ShardIteratorType="AT_SEQUENCE_NUMBER", **newest),
    "AFTER_SEQUENCE_NUMBER": texts(shard, ShardIteratorType="AFTER_SEQUENCE_NUMBER", **newest),
}

kinesis.split_shard(StreamName=STREAM, ShardToSplit=shard, NewStartingHashKey=str(HALF // 2))
wait()
shards, seen["afterSplit"] = open_starts()
kinesis.merge_shards(StreamName=STREAM, ShardToMerge=shards[1]["ShardId"], AdjacentShardToMerge=shards[2]["ShardId"])
wait()
_, seen["afterMerge"] = open_starts()
update = kinesis.update_shard_count(StreamName=STREAM, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
seen["update"] = [update["CurrentShardCount"], update["TargetShardCount"]]
wait()
_, seen["afterUpdate"] = open_starts()
seen["closedParent"] = texts(shard, ShardIteratorType="TRIM_HORIZON")

arn = summary["StreamARN"]
consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="fan")["Consumer"]
described = kinesis.describe_stream_consumer(ConsumerARN=consumer["ConsumerARN"])["ConsumerDescription"]
seen["consumer"] = [described["ConsumerName"], described["ConsumerStatus"], described["StreamARN"] == arn]
kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="other")
pages = kinesis.get_paginator("list_stream_consumers").paginate(StreamARN=arn, PaginationConfig={"PageSize": 1})
seen["consumers"] = [consumer["ConsumerName"] for page in pages for consumer in page["Consumers"]]
kinesis.deregister_stream_consumer(StreamARN=arn, ConsumerName="other")
left = kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]
seen["consumersLeft"] = [consumer["ConsumerName"] for consumer in left]

seen["refusals"] = {
    "unknown stream": refusal("put_record", StreamName="Bar", PartitionKey="a", Data=b""),
    "name taken": refusal("create_stream", StreamName=STREAM, ShardCount=1),
    "no iterator": refusal("get_records", ShardIterator="nonsense"),
    "consumer taken": refusal("register_stream_consumer", StreamARN=arn, ConsumerName="fan"),
    "no consumer": refusal("describe_stream_consumer", StreamARN=arn, ConsumerName="other"),
    "stream with a consumer": refusal("delete_stream", StreamName=STREAM),
    "501 entries": refusal("put_records", StreamName=STREAM, Records=[{"Data": b"", "PartitionKey": "a"}] * 501),
}

kinesis.delete_stream(StreamName=STREAM, EnforceConsumerDeletion=True)
kinesis.get_waiter("stream_not_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
seen["namesAtTheEnd"] = kinesis.list_streams()["StreamNames"]
print(json.dumps(seen))

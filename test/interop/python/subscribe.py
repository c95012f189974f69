"""SubscribeToShard by boto3, over HTTP/1.1: every event of a shard that is split meanwhile, as one JSON object."""

import json
import sys

from botocore.exceptions import ClientError, EventStreamError
from local_client import client

STREAM = sys.argv[2]
SHARD = "shardId-000000000000"

kinesis = client(sys.argv[1])


def put(*texts):
    records = [{"PartitionKey": "a", "Data": text.encode("utf-8")} for text in texts]
    kinesis.put_records(StreamName=STREAM, Records=records)


def subscribe(shard_id):
    position = {"Type": "TRIM_HORIZON"}
    return kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=shard_id, StartingPosition=position)["EventStream"]


def name_of(error):
    return error.response["Error"]["Code"]


summary = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
consumer = kinesis.register_stream_consumer(StreamARN=summary["StreamARN"], ConsumerName="fan")["Consumer"]["ConsumerARN"]
put("one", "two")
events = []
refused = "none"
for message in subscribe(SHARD):
    event = message["SubscribeToShardEvent"]
    events.append(
        {
            "texts": [record["Data"].decode("utf-8") for record in event["Records"]],
            "behind": event["MillisBehindLatest"],
            "children": [child["ShardId"] for child in event.get("ChildShards", [])],
        }
    )
    if len(events) == 1:
        try:
            subscribe(SHARD)
        except ClientError as error:
            refused = name_of(error)
        put("three")
    elif len(events) == 2:
        kinesis.split_shard(StreamName=STREAM, ShardToSplit=SHARD, NewStartingHashKey=str(2**127))

within = "none"
try:
    child = subscribe("shardId-000000000001")
    kinesis.deregister_stream_consumer(ConsumerARN=consumer)
    for message in child:
        pass
except EventStreamError as error:
    within = name_of(error)

print(json.dumps({"events": events, "refused": refused, "within": within}))

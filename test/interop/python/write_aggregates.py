"""Packs the user records of its input (JSON lines) with aws_kinesis_agg and puts the aggregates."""

import base64
import json
import sys

from aws_kinesis_agg.aggregator import RecordAggregator
from local_client import client

endpoint, stream, max_size = sys.argv[1:]
kinesis = client(endpoint)
aggregator = RecordAggregator(int(max_size))
written = 0


def put(aggregate):
    global written
    if aggregate is None:
        return
    partition_key, explicit_hash_key, data = aggregate.get_contents()
    keys = {"PartitionKey": partition_key}
    if explicit_hash_key:
        keys["ExplicitHashKey"] = explicit_hash_key
    kinesis.put_record(StreamName=stream, Data=data, **keys)
    written += 1


for line in sys.stdin:
    record = json.loads(line)
    data = base64.b64decode(record["data"])
    put(aggregator.add_user_record(record["partitionKey"], data, record.get("explicitHashKey")))
put(aggregator.clear_and_get())
print(written)

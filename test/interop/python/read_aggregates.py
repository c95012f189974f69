"""What aws_kinesis_agg makes of a stream: a JSON line for each user record."""

import json
import sys

from aws_kinesis_agg.deaggregator import iter_deaggregate_records
from local_client import base64_text, client, read_stream

endpoint, stream = sys.argv[1:]

for record in iter_deaggregate_records(read_stream(client(endpoint), stream), data_format="Boto3"):
    inner = record["kinesis"]
    is_aggregated = inner.get("aggregated", False)
    # It encodes the data of aggregated records only.
    data = inner["data"].decode("ascii") if is_aggregated else base64_text(inner["data"])
    line = {"partitionKey": inner["partitionKey"], "data": data, "aggregated": is_aggregated}
    if inner.get("explicitHashKey") is not None:
        line["explicitHashKey"] = inner["explicitHashKey"]
    print(json.dumps(line))

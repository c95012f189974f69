"""What the decoder of examples/decoders/python makes of Kinesis records: for each line of the input its user records, or
the text of the error."""

import base64
import json
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "examples/decoders/python"))
from user_records import UnreadableRecord, user_records

# A decoder without a bound fails here.
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


def described(record):
    out = {
        "partitionKey": record.partition_key,
        "data": base64.b64encode(record.data).decode("ascii"),
        "tags": record.tags,
    }
    if record.explicit_hash_key is not None:
        out["explicitHashKey"] = record.explicit_hash_key
    return out


for line in sys.stdin:
    kinesis_record = json.loads(line)
    try:
        records = user_records(base64.b64decode(kinesis_record["data"]), kinesis_record["partitionKey"])
        print(json.dumps({"records": [described(record) for record in records]}))
    except UnreadableRecord as error:
        print(json.dumps({"records": [], "error": str(error)}))

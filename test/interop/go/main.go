// What the Go module of awslabs/kinesis-aggregation makes of Kinesis records. Each line of the input is a record; each
// line of the output is what came out of it, and how it ended when not well.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/aws/aws-sdk-go/service/kinesis"
	"github.com/awslabs/kinesis-aggregation/go/deaggregator"
)

type line struct {
	PartitionKey   string `json:"partitionKey"`
	SequenceNumber string `json:"sequenceNumber"`
	Data           []byte `json:"data"`
}

type userRecord struct {
	line
	SubSequenceNumber int  `json:"subSequenceNumber"`
	Aggregated        bool `json:"aggregated"`
}

type answer struct {
	Records []userRecord `json:"records"`
	Error   string       `json:"error,omitempty"`
}

func answerTo(input line) (result answer) {
	result.Records = []userRecord{}
	defer func() {
		if recover() != nil {
			result.Error = "panic"
		}
	}()
	record := &kinesis.Record{
		Data: input.Data, PartitionKey: &input.PartitionKey, SequenceNumber: &input.SequenceNumber,
	}
	records, err := deaggregator.DeaggregateRecords([]*kinesis.Record{record})
	if err != nil {
		result.Error = "error"
		return
	}
	for i, each := range records {
		content := line{*each.PartitionKey, *each.SequenceNumber, each.Data}
		// A plain record is handed back itself.
		result.Records = append(result.Records, userRecord{content, i, each != record})
	}
	return
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 16<<20)
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	for input.Scan() {
		var record line
		if err := json.Unmarshal(input.Bytes(), &record); err != nil {
			panic(err)
		}
		if err := output.Encode(answerTo(record)); err != nil {
			panic(err)
		}
	}
	if err := input.Err(); err != nil {
		panic(err)
	}
}

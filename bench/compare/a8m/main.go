// Puts user records by github.com/a8m/kinesis-producer as fast as they are taken, and says when the measured time
// begins and ends. It reports failures only, so the delivered records are counted where its client gets the answers.
//
// Arguments: port, stream, bytes of a record, seconds of warm-up, seconds, count.
package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	producer "github.com/a8m/kinesis-producer"
	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/kinesis"
)

const (
	keyCount    = 1000
	dataCount   = 997
	connections = 24
)

var delivered, failed atomic.Int64

// counting is the client of the producer.
type counting struct{ client *kinesis.Kinesis }

func (c counting) PutRecords(in *kinesis.PutRecordsInput) (*kinesis.PutRecordsOutput, error) {
	out, err := c.client.PutRecords(in)
	if err != nil {
		return out, err
	}
	for i, record := range out.Records {
		if record.ErrorCode == nil {
			delivered.Add(recordsIn(in.Records[i].Data))
		}
	}
	return out, nil
}

// recordsIn counts the user records of a Kinesis record: the fields 3 of an aggregate, or itself.
func recordsIn(data []byte) int64 {
	if len(data) < 20 || binary.BigEndian.Uint32(data) != 0xf3899ac2 {
		return 1
	}
	var count int64
	for body := data[4 : len(data)-16]; len(body) > 0; {
		tag, n := binary.Uvarint(body)
		length, m := binary.Uvarint(body[n:])
		if n <= 0 || m <= 0 {
			panic("the aggregate is not readable")
		}
		if tag>>3 == 3 {
			count++
		}
		body = body[n+m+int(length):]
	}
	return count
}

// silent keeps standard output for the moments.
type silent struct{}

func (silent) Info(string, ...producer.LogValue) {}
func (silent) Error(message string, err error, _ ...producer.LogValue) {
	fmt.Fprintln(os.Stderr, message, err)
}

func newProducer(port, stream string) *producer.Producer {
	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true},
		MaxIdleConnsPerHost: connections,
	}
	client := kinesis.New(session.Must(session.NewSession(&aws.Config{
		Region:      aws.String("us-east-1"),
		Endpoint:    aws.String("https://127.0.0.1:" + port),
		Credentials: credentials.NewStaticCredentials("local", "local", ""),
		HTTPClient:  &http.Client{Transport: transport},
	})))
	made := producer.New(&producer.Config{
		StreamName: stream,
		// The backlog of the example in its documents.
		BacklogCount:   2000,
		MaxConnections: connections,
		Client:         counting{client},
		Logger:         silent{},
	})
	go func() {
		for range made.NotifyFailures() {
			failed.Add(1)
		}
	}()
	made.Start()
	return made
}

func tell(moment string, numbers ...int64) {
	fmt.Print(moment)
	for _, number := range numbers {
		fmt.Print(" ", number)
	}
	fmt.Println()
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func number(text string) float64 {
	parsed, err := strconv.ParseFloat(text, 64)
	check(err)
	return parsed
}

func main() {
	size := int(number(os.Args[3]))
	count := int64(number(os.Args[6]))
	keys := make([]string, keyCount)
	for i := range keys {
		hash := sha256.Sum256([]byte(strconv.Itoa(i)))
		keys[i] = hex.EncodeToString(hash[:4])
	}
	data := make([][]byte, dataCount)
	for i := range data {
		data[i] = make([]byte, size)
		_, err := rand.Read(data[i])
		check(err)
	}
	made := newProducer(os.Args[1], os.Args[2])
	var isWanted atomic.Bool
	isWanted.Store(true)
	handedOver := int64(0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := int64(0); isWanted.Load() && (count == 0 || i < count); i++ {
			bytes := data[i%dataCount]
			if count > 0 {
				bytes = append([]byte(fmt.Sprintf("%012d", i)), bytes[12:]...)
			}
			check(made.Put(bytes, keys[i%keyCount]))
			handedOver++
		}
	}()
	if count == 0 {
		time.Sleep(time.Duration(number(os.Args[4]) * float64(time.Second)))
		tell("begin", delivered.Load(), time.Now().UnixNano())
		time.Sleep(time.Duration(number(os.Args[5]) * float64(time.Second)))
		tell("end", delivered.Load(), time.Now().UnixNano())
		isWanted.Store(false)
	}
	<-done
	made.Stop()
	tell("closed", handedOver, delivered.Load(), failed.Load())
}

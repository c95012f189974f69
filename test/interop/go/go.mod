module interop

go 1.21

require (
	github.com/aws/aws-sdk-go v1.44.328
	github.com/awslabs/kinesis-aggregation/go v0.0.0-20200810181507-d352038274c0
)

require (
	github.com/golang/protobuf v1.3.1 // indirect
	github.com/jmespath/go-jmespath v0.4.0 // indirect
)

/** The data that clients need to connect to a LocalKinesis. */
export interface Connection {
  /** `http://127.0.0.1:4567`, or `https:`. */
  readonly endpoint: string;
  readonly region: string;
  /** The stream in the examples. */
  readonly stream: string;
  /** The file of the certificate that clients must trust; undefined without TLS. */
  readonly certFile: string | undefined;
}

/** Lines to paste for common clients, each with the client's name. */
export function connectionHints({ endpoint, region, stream, certFile }: Connection): string {
  const credentials = '{ accessKeyId: "local", secretAccessKey: "local" }';
  const javascript = `endpoint: "${endpoint}", region: "${region}", credentials: ${credentials}`;
  const verify = certFile === undefined ? "" : `, verify="${certFile}"`;
  const trust = certFile === undefined ? "" : ` AWS_CA_BUNDLE=${certFile} NODE_EXTRA_CA_CERTS=${certFile}`;
  return [
    ["any client", `export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=${region}${trust}`],
    ["aws CLI", `aws --endpoint-url ${endpoint} kinesis describe-stream-summary --stream-name ${stream}`],
    ["boto3", `boto3.client("kinesis", endpoint_url="${endpoint}"${verify})`],
    ["SDK for JavaScript", `new KinesisClient({ ${javascript} })`],
    ["SDK for Java 2", `KinesisClient.builder().endpointOverride(URI.create("${endpoint}"))`],
    ["this program", `kinesis-producer put --stream ${stream} --endpoint ${endpoint}`],
    ["kinesis-producer", `new KinesisProducer({ streamName: "${stream}", ${javascript} })`],
  ]
    .map(([client = "", how = ""]) => `  ${client.padEnd(20)}${how}`)
    .join("\n");
}

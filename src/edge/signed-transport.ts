import type {
  EntryAnswer,
  KinesisRecord,
  PutRecordsAnswer,
  PutRecordsRequest,
  RequestFailure,
  StreamRef,
  Transport,
} from "../core/ports.js";
import { BodyBuffers } from "./body-buffers.js";
import { exchange, type HttpAnswer, type HttpWay } from "./http-exchange.js";
import { loadSdk, type Sdk } from "./lazy-sdk.js";
import { CBOR_CONTENT_TYPE, cborPutRecords } from "./put-records-cbor.js";
import { JSON_CONTENT_TYPE, jsonPutRecords } from "./put-records-json.js";
import type { RequestModel } from "./request-model.js";
import type { OwnClient } from "./sdk-client.js";
import { readSdkFailure } from "./sdk-failure.js";
import { learnServiceTime } from "./service-clock.js";
import type { Identity, SharedCredentials } from "./shared-credentials.js";
import type { TimeLimit } from "./time-limit.js";
import { UnknownRequestForm } from "./unknown-request-form.js";

/** Counts the bytes of bodies that the network has not taken (`core/outflow`). */
interface BodyCount {
  begin(bytes: number): void;
  /** Called once for each body that has begun. */
  end(bytes: number): void;
}

/** The parts of a {@link SignedTransport}. */
export interface SignedTransportParts {
  /** The client of the model request. Made on first use; throws after it was closed. */
  readonly own: (sdk: Sdk) => OwnClient;
  /** The time limit of a request; waiting for credentials does not count. */
  readonly limit: TimeLimit;
  readonly protocol: "json" | "cbor";
  /** Counts bodies until the network has taken them. */
  readonly outflow: BodyCount;
  /** Takes over for good when a request of the client has an unexpected form. */
  readonly sdk: Transport;
}

/** A request with its records already encoded. */
interface Written {
  readonly stream: StreamRef;
  readonly contentType: string;
  /** Undefined as soon as the network has taken it. */
  body: Buffer | undefined;
  /** The same in JSON, if the body is CBOR and the service has not accepted CBOR yet. */
  readonly json?: Buffer;
  /** A copy of the request with its own bytes, if the SDK's client may have to send it. */
  readonly copy?: PutRecordsRequest;
}

/** How far a request has come. */
interface Progress {
  shared: SharedCredentials | undefined;
  credentials: Identity | undefined;
  isSending: boolean;
}

/**
 * Codes by which a service refuses CBOR itself, not the content of the request; and such statuses of answers with an
 * unknown code.
 */
const REFUSING_CODES: ReadonlySet<string> = new Set(["UnknownOperationException", "UnsupportedMediaTypeException"]);
const REFUSING_STATUSES: ReadonlySet<number> = new Set([404, 406, 415]);

/**
 * Sends PutRecords without the SDK's client, but by the model of its requests: encodes the body, signs it, and sends it
 * over the client's connections. Uses less than half the CPU of `SdkTransport` (decisions/0030), with the same answers.
 *
 * Reads the entries before it returns its promise, and does not touch them afterwards.
 */
export class SignedTransport implements Transport {
  readonly #parts: SignedTransportParts;
  /** By ARN; all requests that name their stream have the same model. */
  readonly #models: Map<string, RequestModel> = new Map();
  readonly #buffers = new BodyBuffers();
  #protocol: "json" | "cbor";
  #hasTakenCbor = false;
  /** Bodies that the network has not taken yet. */
  #unsent = 0;
  #whySdk: string | undefined;

  constructor(parts: SignedTransportParts) {
    this.#parts = parts;
    this.#protocol = parts.protocol;
  }

  /** How requests are sent, for `stats()`. */
  describe(): string {
    if (this.#whySdk !== undefined) return `the SDK's client, since ${this.#whySdk}`;
    return `own requests in ${this.#protocol === "cbor" ? "CBOR" : "JSON"}`;
  }

  putRecords(request: PutRecordsRequest): Promise<PutRecordsAnswer> {
    return this.#whySdk === undefined ? this.#sendNew(this.#write(request)) : this.#parts.sdk.putRecords(request);
  }

  get readsAtOnce(): boolean {
    return this.#whySdk === undefined;
  }

  close(): void {
    this.#parts.sdk.close?.();
  }

  #write({ stream, entries }: PutRecordsRequest): Written {
    const isNew = !this.#models.has(keyOf(stream));
    // Not slice(): Buffer's slice() shares the bytes.
    const own = (entry: KinesisRecord): KinesisRecord => ({ ...entry, data: new Uint8Array(entry.data) });
    const copy = isNew ? { stream, entries: entries.map(own) } : undefined;
    const rest = copy === undefined ? { stream } : { stream, copy };
    if (this.#protocol === "json") {
      return { ...rest, contentType: JSON_CONTENT_TYPE, body: jsonPutRecords(stream, entries, this.#buffers.take) };
    }
    const cbor = { ...rest, contentType: CBOR_CONTENT_TYPE, body: cborPutRecords(stream, entries, this.#buffers.take) };
    return this.#hasTakenCbor ? cbor : { ...cbor, json: jsonPutRecords(stream, entries) };
  }

  #sendNew(written: Written): Promise<PutRecordsAnswer> {
    this.#unsent++;
    this.#parts.outflow.begin(written.body?.length ?? 0);
    return this.#send(written);
  }

  /**
   * The body is no longer needed. Its memory is reused if the network has taken it; otherwise it is left to the garbage
   * collector, because Node may still read it.
   */
  #letGo(written: Written, isSent: boolean): void {
    const { body } = written;
    if (body === undefined) return;
    written.body = undefined;
    this.#unsent--;
    if (isSent) this.#buffers.give(body, this.#unsent);
    this.#parts.outflow.end(body.length);
  }

  async #send(written: Written): Promise<PutRecordsAnswer> {
    const progress: Progress = { shared: undefined, credentials: undefined, isSending: false };
    try {
      const own = this.#parts.own(await loadSdk());
      progress.shared = own.credentials;
      const credentials = await own.credentials.get();
      progress.credentials = credentials;
      const entries = await this.#parts.limit(({ abortSignal }) =>
        this.#put(own, credentials, written, progress, abortSignal),
      );
      this.#letGo(written, false);
      own.credentials.onAccepted(credentials);
      if (written.contentType === CBOR_CONTENT_TYPE) this.#hasTakenCbor = true;
      return { kind: "answered", entries };
    } catch (error) {
      this.#letGo(written, false);
      if (error instanceof UnknownRequestForm) {
        this.#whySdk = error.message;
        if (written.copy !== undefined) return this.#parts.sdk.putRecords(written.copy);
      }
      const failure = readSdkFailure(error);
      const unsent = { ...failure, mayBeStored: false, isUnsent: true } as const;
      return this.#onFailure(progress.isSending ? failure : unsent, written, progress);
    }
  }

  async #put(
    own: OwnClient,
    credentials: Identity,
    written: Written,
    progress: Progress,
    signal: AbortSignal | undefined,
  ): Promise<EntryAnswer[]> {
    const { sdk, client } = own;
    const { config } = client;
    const model = await this.#modelOf(own, written.stream, credentials.accessKeyId, signal);
    const headers = await sign(own, model, credentials, written);
    const agent = own.agents[model.target.protocol];
    const sentAt = Date.now();
    progress.isSending = true;
    const answer = await post(model, headers, written, { agent, signal, onSent: () => this.#letGo(written, true) });
    await learnServiceTime(config, sentAt, answer.headers);
    return sdk.readPutRecordsAnswer(answer);
  }

  async #modelOf(
    { sdk, client }: OwnClient,
    stream: StreamRef,
    accessKeyId: string,
    signal: AbortSignal | undefined,
  ): Promise<RequestModel> {
    const known = this.#models.get(keyOf(stream));
    if (known?.accessKeyId === accessKeyId && !known.isForOneRequest) return known;
    const model = await sdk.drawModel(client, stream, signal === undefined ? {} : { abortSignal: signal });
    this.#models.set(keyOf(stream), model);
    return model;
  }

  async #onFailure(
    failure: RequestFailure,
    { stream, contentType, json }: Written,
    { shared, credentials }: Progress,
  ): Promise<PutRecordsAnswer> {
    if (contentType === CBOR_CONTENT_TYPE && this.#refusesCbor(failure)) {
      this.#protocol = "json";
      if (json !== undefined) return this.#sendNew({ stream, contentType: JSON_CONTENT_TYPE, body: json });
      // CBOR was accepted before: the service's fleet is being changed. This code is retried.
      return { ...failure, code: "CborRefused" };
    }
    return shared?.judge(failure, credentials) ?? failure;
  }

  #refusesCbor({ code, statusCode = 0, mayBeStored }: RequestFailure): boolean {
    if (mayBeStored) return false;
    // A SerializationException may also be a record's fault. Before any CBOR was accepted, CBOR is the likely cause.
    if (code === "SerializationException") return !this.#hasTakenCbor;
    return REFUSING_CODES.has(code) || (code !== "ResourceNotFoundException" && REFUSING_STATUSES.has(statusCode));
  }
}

// These functions, which pass the body on, are not async: an async function would hold its arguments while it waits.

function sign({ sdk, client }: OwnClient, model: RequestModel, credentials: Identity, written: Written) {
  return sdk.signedHeaders(client.config, model, credentials, written.contentType, bodyOf(written));
}

function post(
  model: RequestModel,
  headers: Readonly<Record<string, string>>,
  written: Written,
  way: HttpWay,
): Promise<HttpAnswer> {
  return exchange(model.target, headers, bodyOf(written), way);
}

function bodyOf({ body }: Written): Buffer {
  if (body === undefined) throw new Error("the body of a request was released before it was sent");
  return body;
}

function keyOf({ streamArn = "" }: StreamRef): string {
  return streamArn;
}

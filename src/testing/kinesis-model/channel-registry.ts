import { type LabelsSnapshot, ResourceLabels } from "./resource-labels.js";
import { notFound, ServiceError } from "./service-error.js";

/** The settings of a channel as its client gave them, in the form of the API. */
export interface ChannelConfiguration {
  readonly ServiceExecutionRoleARN: string;
  readonly StreamConfigurationList: readonly { readonly StreamARN: string }[];
  readonly S3DestinationConfiguration?: object;
  readonly S3TablesDestinationConfiguration?: object;
  readonly EncryptionConfiguration?: object;
  readonly LoggingConfiguration?: object;
}

/** A channel as plain data. Times are milliseconds since the Unix epoch. */
export interface ChannelSnapshot extends LabelsSnapshot {
  readonly name: string;
  readonly id: string;
  readonly createdAt: number;
  readonly configuration: ChannelConfiguration;
}

/** A channel: its description alone. It delivers nothing. */
export interface Channel {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: number;
  readonly labels: ResourceLabels;
  configuration: ChannelConfiguration;
  /** CREATING or UPDATING until then, ACTIVE afterwards. */
  busyUntil: number;
  busyStatus: "CREATING" | "UPDATING";
}

/** The channels of an account. */
export class ChannelRegistry {
  readonly #arnPrefix: string;
  readonly #changed: () => void;
  readonly #channels = new Map<string, Channel>();

  /** @param changed - called after each change */
  constructor(region: string, accountId: string, changed: () => void) {
    this.#arnPrefix = `arn:aws:kinesis:${region}:${accountId}:channel/`;
    this.#changed = changed;
  }

  /** By name. */
  get all(): readonly Channel[] {
    return [...this.#channels.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The channels of a stream. */
  of(streamArn: string): readonly Channel[] {
    return this.all.filter(({ configuration }) =>
      configuration.StreamConfigurationList.some(({ StreamARN }) => StreamARN === streamArn),
    );
  }

  /** @throws ServiceError when the name is taken */
  add(channel: ChannelSnapshot, activeAt: number): Channel {
    const { name, id, createdAt, configuration } = channel;
    const arn = `${this.#arnPrefix}${name}`;
    if (this.#channels.has(name)) throw new ServiceError("ResourceInUseException", `Channel ${arn} already exists.`);
    const labels = new ResourceLabels(this.#changed, channel);
    const added: Channel = {
      name,
      arn,
      id,
      createdAt,
      labels,
      configuration,
      busyUntil: activeAt,
      busyStatus: "CREATING",
    };
    this.#channels.set(name, added);
    this.#changed();
    return added;
  }

  /** @throws ServiceError when there is none of the ARN */
  find(arn: string): Channel {
    const channel = arn.startsWith(this.#arnPrefix) ? this.#channels.get(arn.slice(this.#arnPrefix.length)) : undefined;
    if (channel === undefined) throw notFound(`Channel ${arn} not found.`);
    return channel;
  }

  /** Replaces the configuration of a channel, which is UPDATING until `activeAt`. */
  update(channel: Channel, configuration: ChannelConfiguration, activeAt: number): void {
    channel.configuration = configuration;
    channel.busyUntil = activeAt;
    channel.busyStatus = "UPDATING";
    this.#changed();
  }

  remove(channel: Channel): void {
    this.#channels.delete(channel.name);
    this.#changed();
  }

  snapshot(): readonly ChannelSnapshot[] {
    return this.all.map(({ name, id, createdAt, configuration, labels }) => ({
      ...{ name, id, createdAt, configuration },
      ...labels.snapshot(),
    }));
  }
}

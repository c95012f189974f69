import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** Messages of a channel, from its making to its end. */
export interface Heard<Message> extends Disposable {
  readonly messages: readonly Message[];
}

/** Subscribes to a channel for one test. */
export function hear<Message>(name: string, onMessage: (message: Message) => void = () => undefined): Heard<Message> {
  const messages: Message[] = [];
  const subscriber = (message: unknown): void => {
    messages.push(message as Message);
    onMessage(message as Message);
  };
  subscribe(name, subscriber);
  return { messages, [Symbol.dispose]: () => void unsubscribe(name, subscriber) };
}

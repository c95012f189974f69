/** The SDK's client would send a request of a form that is unknown here. */
export class UnknownRequestForm extends Error {}

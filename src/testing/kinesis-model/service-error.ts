/** An error answer of the service, `{ __type, message }`. */
export class ServiceError extends Error {
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode = 400) {
    super(message);
    this.name = "ServiceError";
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** HTTP 400 `InvalidArgumentException`. */
export function invalidArgument(message: string): ServiceError {
  return new ServiceError("InvalidArgumentException", message);
}

/** HTTP 400 `ResourceNotFoundException`. */
export function notFound(message: string): ServiceError {
  return new ServiceError("ResourceNotFoundException", message);
}

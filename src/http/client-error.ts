import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ApiError, errors } from '../errors/index.ts';
import { renderError } from './problem.ts';
import { createRequestId } from './request-id.ts';

/**
 * Answers what never became a request because it is not HTTP, its header is too large, or it did not arrive in time. Which
 * API it was for is not known, so the body is that of Rapport's own routes. The connection ends with the answer.
 */
export function answerClientError(failure: NodeJS.ErrnoException, socket: Socket): void {
  if (failure.code === 'ECONNRESET' || !socket.writable) return void socket.destroy(failure);
  const requestId = createRequestId();
  const { status, body } = renderError(toApiError(failure), { surface: 'rapport', requestId });
  const text = JSON.stringify(body);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `Twilio-Request-Id: ${requestId}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Connection: close',
      '',
      text,
    ].join('\r\n'),
  );
}

function toApiError(failure: NodeJS.ErrnoException): ApiError {
  if (failure.code === 'HPE_HEADER_OVERFLOW') return errors.headersTooLarge();
  if (failure.code === 'ERR_HTTP_REQUEST_TIMEOUT') return errors.requestTimeout();
  return errors.invalidRequest('The request is not valid HTTP.');
}

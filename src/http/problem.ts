import { type ApiError, ProfileMoved, type Surface } from '../errors/index.ts';
import type { Reply } from './route.ts';

/** Where each API says that its codes are explained: the contracts differ. */
const errorPages = {
  memoryControl: 'https://www.twilio.com/docs/api/errors',
  memoryData: 'https://www.twilio.com/docs/api/errors',
  rapport: 'https://www.twilio.com/docs/api/errors',
  conversations: 'https://www.twilio.com/docs/errors',
} as const satisfies Record<Surface, string>;
const detailLengthMax = 1024;

/** An error as RFC 9457 has it, without what belongs to one request. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: number;
  readonly detail: string;
}

export function toProblem({ entry, message }: ApiError, surface: Surface): Problem {
  const code = entry.codes[surface] ?? entry.codes.other;
  return {
    type: `${errorPages[surface]}/${code}`,
    title: entry.title,
    status: entry.status,
    code,
    detail: message.slice(0, detailLengthMax),
  };
}

/** What a problem body says beyond the error itself. */
interface Occurrence {
  readonly surface: Surface;
  readonly requestId: string;
}

/**
 * The error body of each API (memory-semantics section 21, conversations-semantics section 15). Memory answers carry the
 * four published members and the RFC 9457 ones. Conversations answers carry both of its published shapes and leave out
 * `type` and `title`, which would make the Node SDK throw another exception class.
 */
export function renderError(error: ApiError, { surface, requestId }: Occurrence): Reply {
  const problem = toProblem(error, surface);
  const { code, status, detail } = problem;
  const common = { code, message: detail, more_info: problem.type, status };
  const body =
    surface === 'conversations'
      ? { ...common, httpStatusCode: status, userError: status < 500, ...params(error) }
      : { ...common, ...problem, instance: requestId, ...fieldList(error) };
  return { status, body, headers: error.headers };
}

function fieldList(error: ApiError): object {
  return error.fields.length > 0 ? { errors: error.fields } : {};
}

function params(error: ApiError): object {
  if (error.fields.length === 0) return {};
  return {
    params: Object.fromEntries(
      error.fields.map(({ pointer, detail }) => [pointer.slice(1).replaceAll('/', '.') || 'body', detail]),
    ),
  };
}

/** 301 on reads, 308 on writes, to the same resource below the surviving profile (memory-semantics section 6). */
export function renderMoved(
  moved: ProfileMoved,
  request: { method: string; url: string; origin: string },
): Reply {
  const uri = request.origin + request.url.replace(moved.fromProfileId, moved.canonicalProfileId);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return {
    status: isRead ? 301 : 308,
    body: { message: moved.message, uri },
    headers: { Location: uri, 'Canonical-Profile-Id': moved.canonicalProfileId },
  };
}

export function isProfileMoved(error: unknown): error is ProfileMoved {
  return error instanceof ProfileMoved;
}

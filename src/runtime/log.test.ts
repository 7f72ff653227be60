import { describe, expect, it } from 'vitest';
import { createLogger } from './log.ts';

describe('an error in the log', () => {
  function logged(error: Error): Record<string, unknown> {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line) => void lines.push(line) });
    log.error({ err: error }, 'failed');
    return (JSON.parse(lines.join('')) as { err: Record<string, unknown> }).err;
  }

  it('has its type, message, stack and code', () => {
    const error = Object.assign(new TypeError('not a function'), { code: 'E_TEST' });
    expect(logged(error)).toEqual({
      type: 'TypeError',
      message: 'not a function',
      stack: expect.stringContaining('log.test.ts'),
      code: 'E_TEST',
    });
  });

  it('has its causes', () => {
    const error = new Error('outer', { cause: new RangeError('inner', { cause: new Error('innermost') }) });
    expect(logged(error)).toMatchObject({
      message: expect.stringContaining('outer'),
      cause: { type: 'RangeError', cause: { message: 'innermost' } },
    });
  });

  it('has nothing else that a driver or a provider attached to it', () => {
    const attached = {
      detail: 'Key (email)=(a@example.com)',
      parameters: ['a@example.com'],
      responseBody: 'a@example.com',
    };
    expect(JSON.stringify(logged(Object.assign(new Error('failed'), attached)))).not.toContain(
      'a@example.com',
    );
  });
});

import type { FastifyRequest } from 'fastify';

/**
 * Where the caller reaches this server: the configured public URL, else what the request itself says. Absolute URLs in
 * answers are built from it, so they stay on the caller's origin.
 */
export function originOf(request: FastifyRequest, publicUrl: string | undefined): string {
  if (publicUrl) return publicUrl;
  const protocol = firstValue(request.headers['x-forwarded-proto']) ?? request.protocol;
  const host = firstValue(request.headers['x-forwarded-host']) ?? request.headers.host ?? 'localhost';
  return `${protocol === 'https' ? 'https' : 'http'}://${/^[A-Za-z0-9.:[\]_-]+$/.test(host) ? host : 'localhost'}`;
}

function firstValue(header: string | string[] | undefined): string | undefined {
  const value = Array.isArray(header) ? header[0] : header?.split(',')[0];
  return value?.trim() || undefined;
}

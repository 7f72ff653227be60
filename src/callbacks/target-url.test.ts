import { describe, expect, it } from 'vitest';
import { describeUrl, isPublicTarget, parseTargetUrl } from './target-url.ts';

describe('a callback URL', () => {
  it('is taken apart as it was written', () => {
    expect(parseTargetUrl('https://User:p%40ss@Example.com:8443/A/../b%2Fc?x=1&y=%27#part')).toEqual({
      protocol: 'https:',
      hostname: 'example.com',
      port: 8443,
      authority: 'Example.com:8443',
      path: '/A/../b%2Fc?x=1&y=%27',
      credentials: 'User:p@ss',
    });
  });

  it.each([
    ['https://example.com', '/'],
    ['https://example.com/', '/'],
    ['https://example.com?a', '/?a'],
    ['https://example.com#a', '/'],
    ['https://example.com/a?#b?c', '/a?'],
    ['https://example.com/a?b=c?d', '/a?b=c?d'],
  ])('%s asks for %s', (url, path) => {
    expect(parseTargetUrl(url)?.path).toBe(path);
  });

  it.each([
    ['https://example.com:443/', 'example.com:443', undefined],
    ['http://example.com:443/', 'example.com:443', 443],
    ['HTTPS://[2606:4700::1111]:99/', '[2606:4700::1111]:99', 99],
    ['https://a@b@example.com/', 'example.com', undefined],
  ])('%s names %s in the Host header', (url, authority, port) => {
    expect(parseTargetUrl(url)).toMatchObject({ authority, port });
  });

  it.each([
    '',
    'example.com',
    'ftp://example.com/',
    'https://',
    'https:///a',
    'https://exa mple.com/',
    'https://example.com:99999/',
    'https://@/',
  ])('is not made of %j', (text) => {
    expect(parseTargetUrl(text)).toBeUndefined();
  });

  it.each([
    ['https://example.com/', true],
    ['https://localhost.example.com/', true],
    ['https://1.1.1.1/', true],
    ['https://[2606:4700::1111]/', true],
    ['http://example.com/', false],
    ['https://localhost/', false],
    ['https://LOCALHOST:8443/', false],
    ['https://localhost./', false],
    ['https://a.localhost/', false],
    ['https://printer.local/', false],
    ['https://metadata.google.internal/', false],
    ['https://127.0.0.1/', false],
    ['https://127.1/', false],
    ['https://0x7f000001/', false],
    ['https://2130706433/', false],
    ['https://0177.0.0.1/', false],
    ['https://10.0.0.1/', false],
    ['https://169.254.169.254/latest', false],
    ['https://[::1]/', false],
    ['https://[::ffff:10.0.0.1]/', false],
    ['https://example.com@10.0.0.1/', false],
    ['https://１２７.0.0.1/', false],
  ])('%s may be called where only public hosts may: %s', (url, isAllowed) => {
    const target = parseTargetUrl(url);
    expect(target && isPublicTarget(target)).toBe(isAllowed);
  });

  it('is shown to people without what may be secret in it', () => {
    expect(describeUrl('https://user:pass@example.com:1/a/b?token=secret#c')).toBe(
      'https://example.com:1/a/b?...',
    );
    expect(describeUrl('http://example.com')).toBe('http://example.com/');
    expect(describeUrl('nonsense?token=secret')).toBe('(not a URL)');
  });
});

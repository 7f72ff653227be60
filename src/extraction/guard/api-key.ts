import { type Finding, removed } from './category.ts';

/** Keys that tell by their form what they are. */
const keys: readonly RegExp[] = [
  /\b(?:sk|pk|rk)[-_](?:live|test|proj|ant|or|svcacct)?[-_]?[A-Za-z0-9_-]{16,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}/g,
  /\bgl(?:pat|dt|rt)-[\w-]{16,}/g,
  /\bxox[abeprs]-[\w-]{10,}/g,
  /\bAIza[\w-]{30,}/g,
  /\bya29\.[\w-]{20,}/g,
  /\b(?:npm|hf|dop_v1|shpat|shpss|lin_api|figd|pypi)[_-][A-Za-z0-9_-]{16,}/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/g,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----)?/g,
  /\bssh-(?:rsa|ed25519) [A-Za-z0-9+/=]{40,}/g,
];
/** In these the first group is the secret. */
const namedKeys: readonly RegExp[] = [
  /\b(?:api|access|secret|auth(?:entication)?|bearer|private|client|app|webhook|signing|license|session|refresh)[ _-]?(?:api )?(?:key|token|secret)(?: id)?["’']?(?:\s|is|was|for [\w ]{1,30}? is|:|=|["“‘'])+((?=[\w./+=-]*\d)[\w./+=-]{8,})/gi,
  /\bbearer\s+((?=[\w./+=-]*\d)[\w./+=-]{12,})/gi,
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{1,100}:([^\s:/@]{1,200})@/gi,
];

/** API keys, tokens and private keys. */
export function findApiKeys(text: string): Finding[] {
  return [
    ...keys.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => finding(match, match[0]))),
    ...namedKeys.flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match) => finding(match, match[1] ?? '')),
    ),
  ];
}

function finding(match: RegExpMatchArray, value: string): Finding {
  const start = (match.index ?? 0) + match[0].lastIndexOf(value);
  return { start, end: start + value.length, category: 'credentials', replacement: removed };
}

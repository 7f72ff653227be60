import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Contract, type OpenApiDocument, readContract } from './contract.ts';
import { isHeaderNeeded } from './contract-deviations.ts';

/** The published APIs, by the first segment of their paths. */
export const publishedApis = { v1: 'memory-v1.yaml', v2: 'conversations-v2.yaml' } as const;
export type ApiVersion = keyof typeof publishedApis;

const folder = process.env['RAPPORT_CONTRACT_DIR'];

/** Why answers are not held against the published contract; undefined when they are. */
export const whyNoContractFiles: string | undefined = whyNot();

function whyNot(): string | undefined {
  if (!folder) return 'RAPPORT_CONTRACT_DIR names no folder with the contract files';
  const missing = Object.values(publishedApis).filter((file) => !existsSync(join(folder, file)));
  return missing.length > 0 ? `${missing.join(' and ')} not in RAPPORT_CONTRACT_DIR` : undefined;
}

const contracts = new Map<ApiVersion, Contract>();

/** The published contract of an API; undefined without the contract files, and for paths of neither API. */
export function publishedContract(url: string): Contract | undefined {
  const version = url.split('/')[1] ?? '';
  if (whyNoContractFiles || !isApiVersion(version)) return undefined;
  const known = contracts.get(version) ?? readContract(readContractFile(version), isHeaderNeeded);
  contracts.set(version, known);
  return known;
}

/** The document of a contract file, which must be there. */
export function readContractFile(version: ApiVersion): OpenApiDocument {
  // An OpenAPI document by its definition; what is missing in it shows when it is used.
  return parse(readFileSync(join(folder ?? '', publishedApis[version]), 'utf8')) as OpenApiDocument;
}

function isApiVersion(text: string): text is ApiVersion {
  return text in publishedApis;
}

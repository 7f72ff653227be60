import type { Normalization } from './normalize.ts';

/** How the values of one identifier type behave (memory-semantics section 4). */
export interface IdentifierConfig {
  readonly idType: string;
  readonly matchingAlgo: 'exact' | 'fuzzy';
  readonly matchingThreshold: number;
  /** Values of the type that one profile keeps. */
  readonly limit: number;
  /** Which value goes over the limit: fifo the oldest, lifo the newest. */
  readonly limitPolicy: 'fifo' | 'lifo';
  /** A value belongs to one profile; sharing it merges profiles. */
  readonly enforceUnique: boolean;
  readonly normalization: Normalization;
}

export interface IdentitySettings {
  readonly identifierConfigs: readonly IdentifierConfig[];
  /** Identifier types in order of priority. */
  readonly matchingRules: readonly string[];
}

const defaults: Omit<IdentifierConfig, 'idType'> = {
  matchingAlgo: 'exact',
  matchingThreshold: 75,
  limit: 100,
  limitPolicy: 'fifo',
  enforceUnique: true,
  normalization: 'trim',
};

function reserved(idType: string, normalization: Normalization): IdentifierConfig {
  return { idType, ...defaults, normalization };
}

/** Every store starts with the four reserved types, each a rule of its own. */
export const defaultIdentitySettings: IdentitySettings = {
  identifierConfigs: [
    reserved('email', 'email'),
    reserved('whatsapp', 'trim'),
    reserved('phone', 'phone'),
    reserved('chat', 'trim'),
  ],
  matchingRules: ['email', 'whatsapp', 'phone', 'chat'],
};

/** What a configuration of this type says where it says nothing. */
export function configDefaultsOf(idType: string): IdentifierConfig {
  const reservedConfig = defaultIdentitySettings.identifierConfigs.find((config) => config.idType === idType);
  return reservedConfig ?? { idType, ...defaults };
}

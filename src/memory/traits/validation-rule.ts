import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import { errors } from '../../errors/index.ts';
import type { TraitDataType } from './trait-group.ts';
import type { TraitValue } from './trait-value.ts';

/** What the values of a trait must be like (memory-v1.yaml, ValidationRule). `ruleType` equals the trait's data type. */
export interface ValidationRule {
  readonly ruleType: TraitDataType;
  /** Regular expression that has to match somewhere in the text; runs in time linear to the text. */
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const require = createRequire(import.meta.url);
const compiled = new Map<string, RE2JS>();
/** Patterns kept compiled; past it, the one that was compiled first goes. */
const compiledMax = 1000;

/** Throws the 400 that names `member` when a value breaks the rule. */
export function checkRule(member: string, value: TraitValue, rule: ValidationRule): void {
  const refuse = (reason: string) => errors.invalid(member, reason);
  const { pattern, minLength = 0, maxLength = Infinity, min = -Infinity, max = Infinity } = rule;
  const { minItems = 0, maxItems = Infinity } = rule;
  if (typeof value === 'string') {
    const length = [...value].length;
    if (length < minLength) throw refuse(`must have at least ${minLength} characters`);
    if (length > maxLength) throw refuse(`must have at most ${maxLength} characters`);
    if (pattern !== undefined && !compile(pattern).matcher(value).find())
      throw refuse('does not match the pattern of the trait');
  }
  if (typeof value === 'number' && (value < min || value > max))
    throw refuse('is outside the bounds of the trait');
  if (Array.isArray(value)) {
    if (value.length < minItems) throw refuse(`must have at least ${minItems} items`);
    if (value.length > maxItems) throw refuse(`must have at most ${maxItems} items`);
  }
}

/** Why a rule cannot be a trait's; undefined when it can. */
export function findRuleProblem(rule: ValidationRule, dataType: TraitDataType): string | undefined {
  const { ruleType, pattern, minLength = 0, maxLength = Infinity, min = -Infinity, max = Infinity } = rule;
  const { minItems = 0, maxItems = Infinity } = rule;
  if (Object.values(rule).some((bound) => typeof bound === 'number' && !Number.isFinite(bound)))
    return 'one of its bounds is too large a number';
  if (ruleType !== dataType) return `ruleType must be ${dataType}, the data type of the trait`;
  if (minLength > maxLength || min > max || minItems > maxItems)
    return 'its lower bound is above its upper one';
  if (pattern !== undefined && !isPattern(pattern)) {
    return 'pattern is not a regular expression that runs in linear time (no look-around, no references back)';
  }
  return undefined;
}

function isPattern(pattern: string): boolean {
  try {
    compile(pattern);
    return true;
  } catch {
    return false;
  }
}

/** Loaded with the first pattern. */
function loadEngine(): typeof RE2JS {
  return (require('re2js') as typeof import('re2js')).RE2JS;
}

function compile(pattern: string): RE2JS {
  let expression = compiled.get(pattern);
  if (!expression) {
    expression = loadEngine().compile(pattern);
    if (compiled.size >= compiledMax) compiled.delete(compiled.keys().next().value ?? '');
    compiled.set(pattern, expression);
  }
  return expression;
}

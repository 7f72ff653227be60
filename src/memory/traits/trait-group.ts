import type { ValidationRule } from './validation-rule.ts';

export type TraitDataType = 'STRING' | 'NUMBER' | 'BOOLEAN' | 'ARRAY';

/** What a trait may hold, and which identifier type its values feed (memory-v1.yaml, TraitDefinition). */
export interface TraitDefinition {
  readonly dataType: TraitDataType;
  readonly description?: string;
  readonly idTypePromotion?: string;
  readonly validationRule?: ValidationRule;
}

/** Definitions by trait name. */
export type TraitDefinitions = Readonly<Record<string, TraitDefinition>>;

const text: TraitDefinition = { dataType: 'STRING' };
const promoted = (idTypePromotion: string): TraitDefinition => ({ dataType: 'STRING', idTypePromotion });

/** The group every store starts with (memory-semantics section 10). */
export const contactGroup = {
  name: 'Contact',
  description: 'Who the customer is and how to reach them',
  traits: {
    firstName: text,
    lastName: text,
    phone: promoted('phone'),
    email: promoted('email'),
    whatsapp: promoted('whatsapp'),
    chat: promoted('chat'),
    street: text,
    city: text,
    state: text,
    postalCode: text,
    country: text,
  } satisfies TraitDefinitions,
} as const;

/** Whether what customers state fills their traits: never, with values that identify nobody else, or as any write would. */
export const contactTraitsChoices = ['off', 'unclaimed', 'resolve'] as const;
export type ContactTraits = (typeof contactTraitsChoices)[number];

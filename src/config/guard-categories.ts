/** What is left out of memories unless a setting lets it in, in the order in which the documentation lists it. */
export const guardCategories = [
  'payment-cards',
  'national-ids',
  'credentials',
  'health',
  'ethnicity',
  'politics',
  'religion',
  'union-membership',
  'sexuality',
  'genetic-biometric',
  'criminal-record',
] as const;

export type GuardCategory = (typeof guardCategories)[number];

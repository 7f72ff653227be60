// Written by `npm run bench -- fit-recall --write`; not edited by hand.
import type { FeatureName } from './features.ts';

/** How much each feature speaks for a memory. */
export const weights: Readonly<Record<FeatureName, number>> = {
  words: 4.4176,
  wordsBefore: -4.1564,
  wordsAfter: 1.4688,
  wordsTwoBefore: 3.9827,
  wordsTwoAfter: 1.4697,
  conversation: 3.7782,
  conversationTop: -4.5345,
  coverage: -0.2317,
  coverageWithPrevious: 4.7631,
  speaker: 0.5503,
  date: 0.9988,
  question: -0.597,
  answersQuestion: 7.3538,
  length: 0.7178,
  time: 2.659,
};

/** How the sum of a memory, seen against the others of the query, becomes the chance that it is what was asked for. */
export const calibration = {
  behindBest: 1.1179,
  best: 0.002,
  coverage: 0.604,
  words: -0.5139,
  rivals: -1.3116,
  intercept: 0.8547,
};

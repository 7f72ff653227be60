import Type, { type Static } from 'typebox';

// Every member is required and nothing else allowed, which is what endpoints with strict schemas take.
export const ExtractionAnswer = Type.Object(
  {
    observations: Type.Array(
      Type.Object(
        {
          content: Type.String({ description: 'One fact in one sentence, some 200 characters at most.' }),
          communicationIndex: Type.Union([Type.Integer(), Type.Null()], {
            description: 'Number of the message that states it.',
          }),
          updates: Type.Union([Type.String(), Type.Null()], {
            description: 'Id of the observation of the profile that it corrects or adds to.',
          }),
        },
        { additionalProperties: false },
      ),
    ),
    summary: Type.Union([Type.String(), Type.Null()], {
      description: 'Null unless a summary is asked for; some 1000 characters at most.',
    }),
  },
  { additionalProperties: false },
);
export type ExtractionAnswer = Static<typeof ExtractionAnswer>;

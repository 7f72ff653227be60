import type { Stage } from './stage.ts';

/** Something that goes wrong for a while. Times are shares of the run. */
export interface Fault {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  begin(stage: Stage): Promise<void> | void;
  end(stage: Stage): Promise<void> | void;
}

export const diskFull = 'disk full';
export const failShare = 0.2;
const forwardMs = 3_600_000;
const backMs = 20_000;

/** What happens when. The rest of the run is calm, but for the receiver of callbacks, which fails a fifth of them throughout. */
export const timetable: readonly Fault[] = [
  {
    name: 'callback receiver dead',
    from: 0.28,
    to: 0.32,
    begin: ({ receiver }) => receiver.die(),
    end: ({ receiver }) => receiver.revive(),
  },
  {
    name: 'models silent',
    from: 0.4,
    to: 0.46,
    begin: (stage) => setModels(stage, 'silent'),
    end: (stage) => setModels(stage, 'up'),
  },
  {
    name: diskFull,
    from: 0.54,
    to: 0.57,
    begin: ({ disk }) => disk?.fill(),
    end: ({ disk }) => disk?.empty(),
  },
  {
    name: 'clock an hour ahead',
    from: 0.64,
    to: 0.66,
    begin: ({ stepClock }) => stepClock(forwardMs),
    end: () => undefined,
  },
  {
    name: 'clock 20 s back',
    from: 0.72,
    to: 0.74,
    begin: ({ stepClock }) => stepClock(-backMs),
    end: () => undefined,
  },
];

function setModels({ languageModel, embeddings }: Stage, state: 'up' | 'silent'): void {
  languageModel.state = state;
  embeddings.state = state;
}

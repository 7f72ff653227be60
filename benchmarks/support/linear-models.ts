/** Candidates of one question: their features, row by row, and which of them are right. */
export interface Question {
  readonly rows: readonly (readonly number[])[];
  readonly isRight: readonly boolean[];
}

const iterations = 300;
const learningRate = 0.05;
const penalty = 1e-3;

/**
 * Weights under which right candidates come before the others: the softmax over a question's candidates is fitted to its
 * right ones, with Adam over all questions at once. Deterministic. Features are scaled by their spread inside.
 */
export function fitRanking(questions: readonly Question[]): number[] {
  const usable = questions.filter(({ isRight }) => isRight.includes(true));
  const scale = spreadOf(usable.flatMap(({ rows }) => rows));
  const scaled = usable.map(({ rows, isRight }) => ({
    rows: rows.map((row) => Float64Array.from(row, (value, at) => value / (scale[at] ?? 1))),
    share: 1 / isRight.filter(Boolean).length,
    isRight,
  }));
  const weights = new Float64Array(scale.length);
  const mean = new Float64Array(scale.length);
  const variance = new Float64Array(scale.length);
  for (let step = 1; step <= iterations; step += 1) {
    const gradient = Float64Array.from(weights, (weight) => penalty * weight * scaled.length);
    for (const { rows, share, isRight } of scaled) {
      const chances = softmax(rows.map((row) => dot(row, weights)));
      for (const [at, row] of rows.entries()) {
        const error = (chances[at] ?? 0) - (isRight[at] ? share : 0);
        for (let k = 0; k < row.length; k += 1) gradient[k] = (gradient[k] ?? 0) + error * (row[k] ?? 0);
      }
    }
    for (let k = 0; k < weights.length; k += 1) {
      const slope = (gradient[k] ?? 0) / scaled.length;
      mean[k] = 0.9 * (mean[k] ?? 0) + 0.1 * slope;
      variance[k] = 0.999 * (variance[k] ?? 0) + 0.001 * slope * slope;
      const move =
        (mean[k] ?? 0) / (1 - 0.9 ** step) / (Math.sqrt((variance[k] ?? 0) / (1 - 0.999 ** step)) + 1e-8);
      weights[k] = (weights[k] ?? 0) - learningRate * move;
    }
  }
  return [...weights].map((weight, at) => weight / (scale[at] ?? 1));
}

/** Logistic regression by Newton's method: weights and, last, the intercept. */
export function fitChance(rows: readonly (readonly number[])[], isRight: readonly boolean[]): number[] {
  const size = (rows[0]?.length ?? 0) + 1;
  let weights = new Array<number>(size).fill(0);
  for (let step = 0; step < 30; step += 1) {
    const gradient = new Array<number>(size).fill(0);
    const curvature = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    for (const [at, row] of rows.entries()) {
      const inputs = [...row, 1];
      const chance = logistic(dot(inputs, weights));
      const error = chance - (isRight[at] ? 1 : 0);
      const weight = chance * (1 - chance);
      for (let i = 0; i < size; i += 1) {
        gradient[i] = (gradient[i] ?? 0) + error * (inputs[i] ?? 0);
        const line = curvature[i] as number[];
        for (let j = 0; j < size; j += 1)
          line[j] = (line[j] ?? 0) + weight * (inputs[i] ?? 0) * (inputs[j] ?? 0);
      }
    }
    for (let i = 0; i < size; i += 1) {
      const line = curvature[i] as number[];
      line[i] = (line[i] ?? 0) + 1e-3;
    }
    const move = solve(curvature, gradient);
    weights = weights.map((weight, at) => weight - (move[at] ?? 0));
  }
  return weights;
}

export function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < a.length; at += 1) total += (a[at] ?? 0) * (b[at] ?? 0);
  return total;
}

function softmax(values: readonly number[]): number[] {
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function spreadOf(rows: readonly (readonly number[])[]): number[] {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, k) => {
    const mean = rows.reduce((sum, row) => sum + (row[k] ?? 0), 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + ((row[k] ?? 0) - mean) ** 2, 0) / rows.length;
    return Math.sqrt(variance) || 1;
  });
}

/** Gaussian elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const lines = matrix.map((line, at) => [...line, right[at] ?? 0]);
  const size = lines.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let at = column + 1; at < size; at += 1) {
      if (Math.abs(lines[at]?.[column] ?? 0) > Math.abs(lines[pivot]?.[column] ?? 0)) pivot = at;
    }
    [lines[column], lines[pivot]] = [lines[pivot] as number[], lines[column] as number[]];
    const head = lines[column] as number[];
    for (let at = 0; at < size; at += 1) {
      if (at === column) continue;
      const line = lines[at] as number[];
      const factor = (line[column] ?? 0) / (head[column] ?? 1);
      for (let k = column; k <= size; k += 1) line[k] = (line[k] ?? 0) - factor * (head[k] ?? 0);
    }
  }
  return lines.map((line, at) => (line[size] ?? 0) / (line[at] ?? 1));
}

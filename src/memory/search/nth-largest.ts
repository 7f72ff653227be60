/** The value that stands at `count` when all are sorted from the largest on; the values are put in another order. */
export function nthLargest(values: Float64Array, count: number): number {
  let [first, last] = [0, values.length - 1];
  const wanted = values.length - count;
  while (first < last) {
    const [left, right] = partition(values, first, last);
    if (wanted <= right) last = right;
    else if (wanted >= left) first = left;
    else break;
  }
  return values[wanted] ?? 0;
}

/** Parts a stretch by its middle value: up to `right` none is larger, from `left` on none is smaller. */
function partition(values: Float64Array, first: number, last: number): [left: number, right: number] {
  const middle = values[(first + last) >>> 1] ?? 0;
  let [left, right] = [first, last];
  while (left <= right) {
    while ((values[left] ?? 0) < middle) left += 1;
    while ((values[right] ?? 0) > middle) right -= 1;
    if (left > right) break;
    swap(values, left, right);
    left += 1;
    right -= 1;
  }
  return [left, right];
}

function swap(values: Float64Array, one: number, other: number): void {
  const value = values[one] ?? 0;
  values[one] = values[other] ?? 0;
  values[other] = value;
}

export interface LeastSquaresOptions {
  /** At most. */
  steps: number;
  /** How far each parameter is moved to see what it does; right for parameters that change by about 1. */
  nudge?: number;
}

export interface Fit {
  parameters: Float64Array;
  /** The sum of the squared residuals. */
  squares: number;
}

/** Looks for the parameters with the least sum of squared residuals near a start: Gauss's step far from trouble,
 * a short step downhill near it.
 * @param residuals Of some parameters; always as many.
 * @returns The best that it met; no worse than the start.
 * @see Marquardt (1963), An algorithm for least-squares estimation of nonlinear parameters. */
export function leastSquares(
  residuals: (parameters: Float64Array) => Float64Array,
  start: Float64Array,
  { steps, nudge = 1e-5 }: LeastSquaresOptions,
): Fit {
  let parameters = start;
  let left = residuals(parameters);
  let squares = dot(left, left);
  let damping = 1e-2;
  for (let step = 0; step < steps && squares > 0 && damping < 1e8; step++) {
    const slopes = Array.from(parameters, (value, i) => {
      const moved = parameters.slice();
      moved[i] = value + nudge;
      return residuals(moved).map((there, k) => (there - left[k]) / nudge);
    });
    const square = slopes.map((a) => slopes.map((b) => dot(a, b)));
    const pull = slopes.map((a) => -dot(a, left));
    const way = solve(
      square.map((row, i) => row.map((value, j) => (i === j ? value * (1 + damping) + 1e-12 : value))),
      pull,
    );
    const there = parameters.map((value, i) => value + way[i]);
    const leftThere = residuals(there);
    const squaresThere = dot(leftThere, leftThere);
    if (squaresThere < squares) {
      const settled = squares - squaresThere < 1e-9 * squares;
      [parameters, left, squares] = [there, leftThere, squaresThere];
      if (settled) break;
      damping = Math.max(damping / 5, 1e-9);
    } else damping *= 4;
  }
  return { parameters, squares };
}

/** Solves a small system of linear equations by elimination with pivots. Takes its arguments apart. */
function solve(matrix: number[][], right: number[]): number[] {
  const n = right.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++)
      if (Math.abs(matrix[row][column]) > Math.abs(matrix[pivot][column])) pivot = row;
    [matrix[column], matrix[pivot]] = [matrix[pivot], matrix[column]];
    [right[column], right[pivot]] = [right[pivot], right[column]];
    for (let row = column + 1; row < n; row++) {
      const factor = matrix[row][column] / matrix[column][column];
      for (let k = column; k < n; k++) matrix[row][k] -= factor * matrix[column][k];
      right[row] -= factor * right[column];
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let k = row + 1; k < n; k++) right[row] -= matrix[row][k] * right[k];
    right[row] /= matrix[row][row];
  }
  return right;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

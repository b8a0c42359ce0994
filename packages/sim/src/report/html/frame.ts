/** Where a chart’s parts are, in its own units; it is drawn as wide as the page. */
export interface Frame {
  /** Which of a page’s pictures it is for: it is a class there. */
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  readonly height: number;
  /** Edges of what is drawn over time. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Characters of a name before its row, at most. */
  readonly longestName: number;
  /** Ticks of the horizontal axis, at most. */
  readonly mostTicks: number;
  /** Room for figures behind a bar; none where they stand below. */
  readonly figures: number;
}

/** For screens and paper. */
export const wide: Frame = {
  name: 'wide',
  width: 920,
  height: 232,
  left: 118,
  right: 904,
  top: 38,
  bottom: 204,
  longestName: 15,
  mostTicks: 8,
  figures: 150,
};

/** For telephones. */
export const narrow: Frame = {
  name: 'narrow',
  width: 420,
  height: 232,
  left: 104,
  right: 408,
  top: 38,
  bottom: 204,
  longestName: 11,
  mostTicks: 3,
  figures: 12,
};

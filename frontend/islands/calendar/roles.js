// The grid library names its boxes table, row group and cell without the rows between them, which misleads a screen
// reader; the group around the grid has a name and the cursor is announced, so the boxes say nothing of themselves.
const MISLEADING = "[role=table], [role=rowgroup], [role=row], [role=cell], [role=columnheader], [role=rowheader], [role=list], [role=listitem]"
const COUNTS = ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount", "aria-colspan", "aria-rowspan"]

/** The boxes of the grid carry no table roles, now and after each drawing; what scrolls can be reached by Tab. */
export function plain(grid) {
  const strip = () => {
    for (const box of grid.querySelectorAll(MISLEADING)) {
      box.removeAttribute("role")
      for (const count of COUNTS) box.removeAttribute(count)
    }
    for (const box of grid.querySelectorAll(".ec-main:not([tabindex])")) box.tabIndex = 0
  }
  new MutationObserver(strip).observe(grid, { childList: true, subtree: true, attributes: true, attributeFilter: ["role"] })
  strip()
}

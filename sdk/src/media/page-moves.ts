/** Tells when elements come to the page or leave it: once for all changes of one task. */
export type PageMoves = {
  /** Around this element too. Shadow trees count as they are now. */
  watch(element: Element): void
  end(): void
}

const TREE = { childList: true, subtree: true }

export function pageMoves(moved: () => void): PageMoves {
  const observer = new MutationObserver(moved)
  return {
    watch: (element) => {
      observer.observe(element.ownerDocument, TREE)
      // An observer of a document sees nothing of its shadow trees. Those of a frame or popup are of another realm's class.
      for (let root = element.getRootNode(); 'host' in root; root = (root as ShadowRoot).host.getRootNode())
        observer.observe(root, TREE)
    },
    end: () => observer.disconnect(),
  }
}

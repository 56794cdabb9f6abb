// What the script tag defines.
interface Window {
  Peerstage: typeof import('@peerstage/sdk')
}

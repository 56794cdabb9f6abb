import { visit } from './visit.js'

const said = document.querySelector('#said')
visit(import.meta.env.VITE_LIVE_URL).then(
  (sentence) => said.append(sentence),
  (error) => said.append(String(error)),
)

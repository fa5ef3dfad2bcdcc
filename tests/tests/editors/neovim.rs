//! Neovim, headless.

use crate::{
    install,
    setup::{Desk, documented},
};

/// Opens the config, waits for what the server says, runs the lens that applies, and waits until
/// the lenses say so.
const SCRIPT: &str = r#"
local function lenses()
  local titles = {}
  for _, lens in ipairs(vim.lsp.codelens.get(0)) do
    table.insert(titles, (lens.command.title:gsub("%d+s ago", "[age] ago")))
  end
  return table.concat(titles, " | ")
end

local function wait_until(what, is_so)
  if not vim.wait(30000, is_so, 20) then
    print("NEVER: " .. what .. "\n" .. lenses() .. "\n")
    vim.cmd("cquit")
  end
end

vim.cmd.edit("CONFIG")
wait_until("diagnostics", function() return #vim.diagnostic.get(0) == 2 end)
for _, told in ipairs(vim.diagnostic.get(0)) do
  print(told.lnum + 1 .. ": " .. told.message .. "\n")
end
wait_until("lenses", function() return lenses() ~= "" end)
print(lenses() .. "\n")
vim.api.nvim_win_set_cursor(0, { 3, 0 })
vim.ui.select = function(items, _, choose) choose(items[1], 1) end
vim.lsp.codelens.run()
wait_until("applied", function() return lenses():find("up to date") ~= nil end)
print(lenses() .. "\n")
wait_until("no diagnostics", function() return #vim.diagnostic.get(0) == 0 end)
vim.cmd("qall!")
"#;

#[test]
fn neovim_shows_the_plan_and_applies_it() {
    let desk = Desk::new();
    let script = SCRIPT.replace("CONFIG", desk.config().to_str().unwrap());
    let setup = desk.write(
        "init.lua",
        &format!("{}\n{script}", documented("Neovim", "lua")),
    );
    let setup = setup.to_str().unwrap();
    let [_, printed] = desk.run(
        &install::neovim(),
        &["--headless", "--clean", "-n", "-S", setup],
    );
    insta::assert_snapshot!(printed, @r#"
    5: pending: never ran
    6: pending: never ran
    ▶ apply (2 pending) | plan | graph | ● never ran | apply up to here | ● never ran | apply up to here
    ✓ up to date | plan | graph | ✓ cached [age] ago | invalidate | ✓ cached [age] ago | invalidate
    "#);
}

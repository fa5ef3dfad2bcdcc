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

/// Runs the operation by its lens, answers what is asked, and waits until the result is shown.
const OPERATION: &str = r#"
local function wait_until(what, is_so)
  if not vim.wait(30000, is_so, 20) then
    print("NEVER: " .. what .. "\n")
    vim.cmd("cquit")
  end
end

local answers = { "safe", "No", "Yes" }
vim.ui.select = function(items, options, choose)
  local titles = vim.tbl_map(function(item) return item.title end, items)
  print(options.prompt .. table.concat(titles, " | ") .. "\n")
  local answer = table.remove(answers, 1)
  for index, title in ipairs(titles) do
    if title == answer then return choose(items[index], index) end
  end
  choose(nil, nil)
end
vim.ui.input = function(options, answer)
  print(options.prompt .. "\n")
  answer("v2")
end
local shown
vim.lsp.handlers["window/showMessage"] = function(_, message)
  shown = message.message
end

vim.cmd.edit("CONFIG")
local line
wait_until("the lens of the operation", function()
  for _, lens in ipairs(vim.lsp.codelens.get(0)) do
    if lens.command and lens.command.title == "▶ run" then line = lens.range.start.line end
  end
  return line ~= nil
end)
vim.api.nvim_win_set_cursor(0, { line + 1, 0 })
vim.lsp.codelens.run()
wait_until("a result", function() return shown ~= nil end)
print(shown .. "\n")
vim.cmd("qall!")
"#;

#[test]
fn neovim_asks_for_what_an_operation_needs_and_shows_what_it_gives() {
    let desk = Desk::with_operation();
    let script = OPERATION.replace("CONFIG", desk.config().to_str().unwrap());
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
    deploy: mode (how): fast | safe
    deploy: minify: Yes | No
    Deploy now?: Yes | No
    Under which name?: 
    deploy: v2: safe, minify false, sure true
    "#);
}
